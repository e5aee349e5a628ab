// Uses the generated types as a client would; it need only type-check.
import type { paths, components } from "./api";

type Request = paths["/simulate"]["post"]["requestBody"]["content"]["application/json"];
type Response = paths["/simulate"]["post"]["responses"]["200"]["content"]["application/json"];

export async function simulate(base: string, request: Request): Promise<Response> {
  const answer = await fetch(`${base}/simulate`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(request),
  });
  if (!answer.ok) {
    const problem = (await answer.json()) as components["schemas"]["Problem"];
    throw new Error(problem.errors.map((error) => `${error.pointer ?? ""} ${error.code}`).join(", "));
  }
  return (await answer.json()) as Response;
}

export const revenue = (response: Response): number | undefined => response.summary.financial.total_revenue_eur;
export const states: components["schemas"]["Job"]["state"][] = ["queued", "succeeded"];
