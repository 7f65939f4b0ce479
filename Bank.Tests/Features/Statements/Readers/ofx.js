// Prints the closing balance and the number of transactions of an OFX statement.
import { readFileSync } from "node:fs";
import { parse } from "ofx-js";

const file = await parse(readFileSync(process.argv[2], "utf8"));
const statement = file.OFX.BANKMSGSRSV1.STMTTRNRS.STMTRS;
const transactions = [statement.BANKTRANLIST.STMTTRN ?? []].flat();
console.log(`${statement.LEDGERBAL.BALAMT} ${transactions.length}`);
