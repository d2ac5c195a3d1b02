// The button to the customer's page in the company's CRM.
import { Icon } from "../shared/icons";
import { fit } from "./crm";
import { useRoom } from "./ui";

/** Customer is that button, always there while there is an address. */
export function Customer({ crm }: { crm: string | undefined }) {
  const { say } = useRoom();
  const to = fit(crm);
  return to ? <p class="crm"><a class="btn small" href={to} target="_blank" rel="noopener noreferrer"><Icon name="detach" />{say("crm")}</a></p> : null;
}
