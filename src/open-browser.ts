import { execa } from "execa";

/** Asks the system to open an address in the user's browser. Where that fails there is no harm done: the address is printed, too. */
export async function openBrowser(url: string): Promise<void> {
  const [file, ...words] = commandOf(process.platform);
  try {
    await execa(file!, [...words, url], { stdio: "ignore", detached: true, timeout: 10_000 });
  } catch {
    // No browser, no desktop: the user has the address.
  }
}

function commandOf(platform: NodeJS.Platform): readonly string[] {
  if (platform === "darwin") return ["open"];
  return platform === "win32" ? ["rundll32", "url.dll,FileProtocolHandler"] : ["xdg-open"];
}
