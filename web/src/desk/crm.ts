// The customer's page in the company's CRM: opened by the click that accepts them. crm.view.tsx has the button for
// afterwards, because a browser may hold back what opens by itself.

/** fit is address when a page may open it: the gateway has checked its scheme, and this what would run as code. */
export const fit = (address: string | undefined): string => (address && /^[a-z][a-z0-9+.-]*:/.test(address) && !/^(javascript|data|vbscript|blob|file):/.test(address) ? address : "");

/** open shows it beside the desk. The page that opens learns nothing of the desk. */
export function open(address: string | undefined): void {
  if (fit(address)) window.open(fit(address), "_blank", "noopener,noreferrer");
}
