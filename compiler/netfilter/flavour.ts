/** Which packet filter of the kernel `iptables` writes to. */
export type Flavour = "nft" | "legacy";
