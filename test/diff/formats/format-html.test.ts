import { describe, expect, test } from "vitest";
import { formatHtml } from "../../../compiler/diff/formats/format-html.js";
import { portChanged } from "./shop.js";

describe("the page", () => {
  test("needs nothing from elsewhere and runs nothing", () => {
    const html = formatHtml(portChanged());
    expect(html).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
    expect(html).not.toMatch(/<script|https?:|src=|@import|url\(|href="[^#]/);
  });

  test("causes are links to the edits", () => {
    const html = formatHtml(portChanged());
    expect(html).toContain(`<li class="changes" id="edit-1">`);
    expect(html).toMatch(
      /closes shop\/web → shop\/api on tcp 80<\/span> <span class="causes">by <a href="#edit-1">#1<\/a>/,
    );
  });

  test("names are text, whatever they hold", () => {
    const html = formatHtml(portChanged([`"><script>alert(1)</script>`, `</title></style><b onclick='x'>&amp;`]));
    expect(html).not.toMatch(/<script|<b |<\/style><b/);
    expect(html).toContain("&lt;/title&gt;&lt;/style&gt;&lt;b onclick=&#39;x&#39;&gt;&amp;amp;");
  });
});
