// Presses "Try it out" and "Execute" on POST /simulate in Swagger UI: node try_it_out.mjs URL CHROMIUM
import { chromium } from "playwright-core";

const [url, executablePath] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
try {
  const page = await browser.newPage();
  const foreign = [];
  page.on("request", (request) => {
    if (!request.url().startsWith(url) && !request.url().startsWith("data:")) foreign.push(request.url());
  });
  await page.goto(`${url}/docs`);
  const operation = page.locator("#operations-simulation-simulate");
  await operation.locator(".opblock-summary-control").click();
  await operation.locator("button.try-out__btn").click();
  await operation.locator("button.execute").click();
  await operation.locator(".live-responses-table .response-col_status").first().waitFor({ timeout: 60000 });
  const status = (await operation.locator("tbody .response-col_status").first().innerText()).trim();
  if (!status.startsWith("200")) throw new Error(`status ${status}`);
  if (foreign.length > 0) throw new Error(`asked elsewhere: ${foreign}`);
} finally {
  await browser.close();
}
