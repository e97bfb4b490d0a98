/** Names of values of the field DSCP of packets. Source: Calico, api/pkg/lib/numorstring/dscp.go (2025), AllDSCPValues. */
export const dscpValues: Readonly<Record<string, number>> = Object.fromEntries(
  "DF=0 EF=46 AF11=10 AF12=12 AF13=14 AF21=18 AF22=20 AF23=22 AF31=26 AF32=28 AF33=30 AF41=34 AF42=36 AF43=38 CS0=0 CS1=8 CS2=16 CS3=24 CS4=32 CS5=40 CS6=48"
    .split(" ")
    .map((entry) => entry.split("="))
    .map(([name, value]) => [name!, Number(value)]),
);

/** 0 to 63, as a number or by name in any case; undefined for anything else. */
export function dscpOf(text: string): number | undefined {
  if (/^\d{1,20}$/.test(text)) return Number(text) > 63 ? undefined : Number(text);
  const name = text.trim().toUpperCase();
  return Object.hasOwn(dscpValues, name) ? dscpValues[name] : undefined;
}
