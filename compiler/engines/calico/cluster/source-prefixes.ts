import type { Annotation, Pod } from "../../../model/objects.js";
import { isAddress, maskedCidr, parseCidr, wholeBlock } from "../../../model/cidr.js";
import { quote } from "../../../text/quote.js";
import { stringList } from "./string-list.js";

const key = "cni.projectcalico.org/allowedSourcePrefixes";

/**
 * The blocks that a pod wants to send from besides its own addresses, host bits cleared; or what keeps Felix from reading them. Undefined: it
 * asks for none. Source: Calico a0db560f0520, libcalico-go/lib/backend/k8s/conversion/workload_endpoint_default.go, HandleSourceIPSpoofingAnnotation.
 */
export function sourcePrefixes({ annotations }: Pod): SourcePrefixes | undefined {
  const written = annotations?.get(key);
  if (!written) return undefined;
  const list = stringList(written.text);
  if (!list) return { written, key, problem: `${quote(written.text)} is no list of texts in JSON`, fix: example };
  const broken = list.find((each) => !parseCidr(each));
  if (broken !== undefined) {
    const fix = isAddress(broken) ? `write ${wholeBlock(broken)}` : example;
    return { written, key, problem: `${quote(broken)} is no block of addresses`, fix };
  }
  return list.length === 0 ? undefined : { written, blocks: list.map(maskedCidr) };
}

export type SourcePrefixes = { readonly written: Annotation } & (
  { readonly blocks: readonly string[] } | { readonly key: string; readonly problem: string; readonly fix: string }
);

const example = 'write it as ["10.1.0.0/16"]';
