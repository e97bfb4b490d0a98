/** What may be said about the engine beside the manifests; absent: its defaults. */
export interface Switches {
  readonly engine?: string;
  readonly generation?: string;
  readonly kubernetes?: string;
}

/** A packet as people write it: `shop/web` or an address, `80/tcp`. */
export interface WrittenPacket {
  readonly from: string;
  readonly to: string;
  readonly port: string;
}
