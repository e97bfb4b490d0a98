import { diagnostic, type CompileResult, type Flavour } from "../../compiler/index.js";
import { Failure } from "../failure.js";
import { startProgress } from "../progress.js";
import { deliveriesJson, formatDeliveries, isDisagreement } from "./format-deliveries.js";
import { sendPackets, type Deliveries } from "./send-packets.js";
import { whyNoNetwork } from "./why-no-network.js";

/** What a kernel makes of compiled rules. */
export interface KernelVerification {
  /** Whether all packets went the way that the tracer says. */
  readonly agrees: boolean;
  /** For people. */
  readonly text: string;
  /** For programs. */
  readonly json: object;
}

/** Sends packets through compiled rules. Throws a Failure where that is not possible. */
export async function verifyInKernel(result: CompileResult): Promise<KernelVerification> {
  const sent = await sendOrFail(result);
  return {
    agrees: !sent.deliveries.some(isDisagreement),
    text: `\n${formatDeliveries(sent)}`,
    json: deliveriesJson(sent),
  };
}

async function sendOrFail(result: CompileResult): Promise<Deliveries> {
  const { flavour } = result.machine;
  const reason = await whyNoNetwork(flavour);
  if (reason !== undefined) throw unavailable(reason, flavour);
  const stopProgress = startProgress("sending packets", undefined);
  try {
    return await sendPackets(result);
  } catch (error) {
    throw unavailable(error instanceof Error ? error.message : String(error), flavour);
  } finally {
    stopProgress();
  }
}

function unavailable(reason: string, flavour: Flavour): Failure {
  return new Failure([diagnostic("kernel-unavailable", { reason, flavour })]);
}
