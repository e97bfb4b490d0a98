/** What each of NPM's own chains does, a clause; by name. */
export type ChainPurposes = Readonly<Record<string, string>>;

const start = "is where Azure NPM begins: it asks the ingress policies about a packet first, then the egress policies";
const ingress =
  "has the ingress policies decide about a packet: it is dropped where some select its destination and none allows it";
const egress =
  "has the egress policies decide about a packet: it is dropped where some select its source and none allows it";
const accept = "lets a packet pass";

/** Since v1.4.20, beside a chain for each policy. */
export const purposesInV2: ChainPurposes = {
  "AZURE-NPM": start,
  "AZURE-NPM-INGRESS": ingress,
  "AZURE-NPM-INGRESS-ALLOW-MARK": "notes that ingress policies allow a packet, and has the egress policies decide next",
  "AZURE-NPM-EGRESS": egress,
  "AZURE-NPM-ACCEPT": accept,
};

/** Before: rules of all policies stand in one chain for each question. */
export const purposesInV1: ChainPurposes = {
  "AZURE-NPM": start,
  "AZURE-NPM-INGRESS": ingress,
  "AZURE-NPM-INGRESS-PORT": "looks at the port of what comes in, and leads on where only the sender is left to look at",
  "AZURE-NPM-INGRESS-FROM": "looks at who sends what comes in",
  "AZURE-NPM-INGRESS-FROM-NS": "looks at the namespace or the block of who sends what comes in",
  "AZURE-NPM-INGRESS-FROM-POD": "looks at the pod that sends what comes in",
  "AZURE-NPM-INGRESS-DROPS": "drops what comes in to pods that an ingress policy selects",
  "AZURE-NPM-EGRESS": egress,
  "AZURE-NPM-EGRESS-PORT":
    "looks at the port of what goes out, and leads on where only the receiver is left to look at",
  "AZURE-NPM-EGRESS-TO": "looks at who receives what goes out",
  "AZURE-NPM-EGRESS-TO-NS": "looks at the namespace or the block of who receives what goes out",
  "AZURE-NPM-EGRESS-TO-POD": "looks at the pod that receives what goes out",
  "AZURE-NPM-EGRESS-DROPS": "drops what goes out from pods that an egress policy selects",
  "AZURE-NPM-TARGET-SETS": "drops what nothing has accepted before, where a policy selects the pod",
  "AZURE-NPM-ACCEPT": accept,
};
