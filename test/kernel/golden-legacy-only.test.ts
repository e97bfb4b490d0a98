import { describeGoldenRoundTrips } from "./golden-round-trip.js";

describeGoldenRoundTrips(["legacy"]);
