import { execa } from "execa";

/** Asks the system to open an address in the user's browser, and waits for nothing. Where that fails no harm is done: the address is
 *  printed, too. */
export function openBrowser(url: string): void {
  const [file, ...words] = commandOf(process.platform);
  const opening = execa(file!, [...words, url], { stdio: "ignore", detached: true, reject: false });
  opening.unref();
}

function commandOf(platform: NodeJS.Platform): readonly string[] {
  if (platform === "darwin") return ["open"];
  return platform === "win32" ? ["rundll32", "url.dll,FileProtocolHandler"] : ["xdg-open"];
}
