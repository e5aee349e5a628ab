// Uses the generated types as a client would; it need only type-check.
import type { paths, components } from "./api";

type Request = paths["/simulate"]["post"]["requestBody"]["content"]["application/json"];
type Response = paths["/simulate"]["post"]["responses"]["200"]["content"]["application/json"];
type Simulation = components["schemas"]["SimulationResponse"];

export async function simulate(base: string, request: Request): Promise<Simulation> {
  const answer = await fetch(`${base}/simulate`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(request),
  });
  if (!answer.ok) {
    const problem = (await answer.json()) as components["schemas"]["Problem"];
    throw new Error(problem.errors.map((error) => `${error.pointer ?? ""} ${error.code}`).join(", "));
  }
  const told = (await answer.json()) as Response;
  if (told.status !== "success") throw new Error(told.detail); // it failed after the answer had begun
  return told;
}

export const revenue = (response: Simulation): number => response.summary.financial.total_revenue_eur;
export const rate = (response: Simulation): number | null => response.summary.financial.irr_percent;
export const health = (response: Simulation): number[] => (response.yearly_summaries ?? []).map((year) => year.soh_end_percent);
export const flows = (response: Simulation): number[] => response.cash_flow.map((row) => row.net_cash_flow_eur);
export const added = (response: Simulation): number | undefined => response.comparison?.battery_adds.net_revenue_eur;
export const solver = (response: Simulation): "own" | "clp" => response.provenance.solver;
export const sold = (response: Simulation): number | undefined => response.summary.trading.fcr?.mean_sold_mw;
export function charge(response: Simulation): number[] {
  const series = response.timeseries;
  if (series === null) return [];
  return Array.isArray(series) ? series.map((row) => row.charge_mw) : series.charge_mw;
}
export const states: components["schemas"]["Job"]["state"][] = ["queued", "succeeded"];
export const prices = (table: components["schemas"]["TableData"]): (number | null)[] => table.columns.day_ahead ?? [];
export const slope = (profile: components["schemas"]["Profile"]): number | null | undefined => profile.config?.slope;
