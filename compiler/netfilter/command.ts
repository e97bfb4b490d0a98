/** One command that a program ran on a node. */
export interface Command {
  /** `["iptables-nft", "-w", "60", …]` */
  readonly words: readonly string[];
  /** Lines of its standard input; made when asked for. */
  readonly input?: () => readonly string[];
  /** What reads its output: `["grep", "AZURE-NPM"]`. */
  readonly pipedTo?: readonly string[];
}
