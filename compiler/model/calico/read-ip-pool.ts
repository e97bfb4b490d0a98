import type { Value } from "../../manifest/value.js";
import { quote } from "../../text/quote.js";
import { hasHostBits, isIpv4Network, maskedCidr, overlaps, parseCidr, type Cidr } from "../cidr.js";
import { decodeBoolean, decodeInteger, decodeString } from "../decode.js";
import type { IpPool } from "./objects.js";
import { readChoice, readItems, readSelectorText, reportInvalid } from "./read-fields.js";
import { placed, readSpec, type Frame, type Writable } from "./read-objects.js";

const modes = ["Never", "Always", "CrossSubnet"] as const;

/**
 * Reads and checks a pool of addresses. Source: Calico a0db560f0520, libcalico-go/lib/validator/v3/validator.go, validateIPPoolSpec;
 * libcalico-go/lib/clientv3/ippool.go, validateAndSetDefaults.
 */
export function readIpPool(frame: Frame): IpPool {
  const { checker, offset } = frame;
  const found: Writable<IpPool> = {
    kind: "IPPool",
    namespace: "",
    ...placed(frame),
    cidr: "",
    encapsulation: "none",
    natOutgoing: false,
    uses: ["Workload", "Tunnel"],
  };
  let cidr: { readonly value: Value; readonly block: Cidr } | undefined;
  let [ipip, vxlan, disabled]: [string, string, boolean] = ["Never", "Never", false];
  let blockSize: { readonly value: Value; readonly bits: number } | undefined;
  let written = false;
  readSpec(frame, {
    cidr: (value) => {
      written = true;
      const text = decodeString(value, checker, "cidr") ?? "";
      const block = parseCidr(text);
      if (block) cidr = { value, block };
      else reportInvalid(value, `${quote(text)} is no block of addresses`, "write 10.244.0.0/16", checker, "cidr");
      if (block) found.cidr = maskedCidr(text);
    },
    ipipMode: (value) => (ipip = readChoice(value, "ipipMode", modes, checker) ?? "Never"),
    vxlanMode: (value) => (vxlan = readChoice(value, "vxlanMode", modes, checker) ?? "Never"),
    natOutgoing: (value) => (found.natOutgoing = decodeBoolean(value, checker, "natOutgoing") ?? false),
    disabled: (value) => (disabled = decodeBoolean(value, checker, "disabled") ?? false),
    disableBGPExport: (value) => void decodeBoolean(value, checker, "disableBGPExport"),
    blockSize: (value) => {
      const bits = decodeInteger(value, 32, checker, "blockSize");
      if (bits) blockSize = { value, bits };
    },
    nodeSelector: (value) => void readSelectorText(value, "nodeSelector", false, checker),
    namespaceSelector: (value) => void readSelectorText(value, "namespaceSelector", false, checker),
    allowedUses: (value) => {
      const known = ["Workload", "Tunnel", "LoadBalancer"] as const;
      const read = (item: Value, index: number) => readChoice(item, index, known, checker) ?? "Workload";
      const uses = readItems(value, "allowedUses", read, checker);
      if (uses.length > 0) found.uses = uses;
    },
    assignmentMode: (value) => void readChoice(value, "assignmentMode", ["Automatic", "Manual"], checker),
  });
  found.encapsulation = ipip !== "Never" ? "ipip" : vxlan !== "Never" ? "vxlan" : "none";
  const report = (value: { readonly offset: number }, field: string, problem: string, fix: string): void =>
    reportInvalid(value, problem, fix, checker, "spec", field);
  if (!written) report({ offset }, "cidr", "the pool has no block of addresses", "add cidr: 10.244.0.0/16");
  if (ipip !== "Never" && vxlan !== "Never")
    report({ offset }, "ipipMode", "a pool cannot have both IPIP and VXLAN", "make ipipMode or vxlanMode Never");
  if (!cidr) return found;
  const { value, block } = cidr;
  const four = isIpv4Network(block);
  if (!four && ipip !== "Never")
    report({ offset }, "ipipMode", "IPIP carries no IPv6", "make ipipMode Never, and use vxlanMode");
  if (hasHostBits(block)) report(value, "cidr", `the block has bits after its prefix`, `write ${found.cidr}`);
  const local = four ? "169.254.0.0/16" : "fe80::/10";
  if (overlaps(block, parseCidr(local)!))
    report(value, "cidr", `the block overlaps ${local}, whose addresses are link-local`, "use other addresses");
  const [least, most, usual] = four ? [20, 32, 26] : [116, 128, 122];
  const bits = blockSize?.bits ?? usual;
  if (bits < least || bits > most)
    report(blockSize!.value, "blockSize", `${bits} is no size of a block`, `use ${least} to ${most}`);
  if (!disabled && block.prefixLength > bits) {
    const problem = `the pool is smaller than one of its blocks, which have ${bits} bits`;
    report(value, "cidr", problem, `use a prefix of at most ${bits} bits, or a greater blockSize`);
  }
  return found;
}
