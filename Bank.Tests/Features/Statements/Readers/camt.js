// Prints the closing balance, in cents, and the number of entries of a camt.053 statement.
import { readFileSync } from "node:fs";
import { CashManagementEndOfDayReport } from "iso20022.js";

const [statement] = CashManagementEndOfDayReport.fromXML(readFileSync(process.argv[2], "utf8")).statements;
const closing = statement.balances.find(balance => balance.type === "CLBD");
console.log(`${Math.round(closing.amount)} ${statement.entries.length}`);
