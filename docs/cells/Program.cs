using System.Globalization;
using Bank.Cells;

const string Usage =
    """
    setup BOOK                         registers the operator of each cell and opens its accounts
    pay BOOK PAYER PAYEE AMOUNT [ID]   pays once for each ID; CELLS_PASSWORD is the payer's password
    finish BOOK                        finishes what a driver left half done
    check BOOK                         checks that the cells agree; the exit code is 0 if they do
    load BOOK SECONDS                  pays at random between all customers, to try it out
    """;

try
{
    switch (args)
    {
        case ["setup", var book]:
            await Setup.RunAsync(book);
            return 0;

        case ["pay", var book, var payer, var payee, var amount, .. var id]:
            var payments = new Payments(AddressBook.Read(book));
            var outcome = await payments.PayAsync(
                payer, payee, decimal.Parse(amount, CultureInfo.InvariantCulture),
                id is [var known] ? known : Guid.NewGuid().ToString(),
                Environment.GetEnvironmentVariable("CELLS_PASSWORD") ?? "");
            Console.WriteLine(outcome);
            return outcome == "paid" ? 0 : 1;

        case ["finish", var book]:
            return await new Payments(AddressBook.Read(book)).FinishAllAsync();

        case ["check", var book]:
            return await Check.RunAsync(AddressBook.Read(book));

        case ["load", var book, var seconds]:
            await Load.RunAsync(AddressBook.Read(book), int.Parse(seconds, CultureInfo.InvariantCulture));
            return 0;

        default:
            Console.WriteLine(Usage);
            return 2;
    }
}
catch (CellException failure)
{
    Console.Error.WriteLine(failure.Message);
    return 2;
}
