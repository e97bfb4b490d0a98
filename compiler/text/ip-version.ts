/** A version of IP: addresses, packets, tables and sets are each of one. */
export type IpVersion = 4 | 6;
