-- Drives the money endpoints for wrk: every request takes its own random pair of accounts. The target is "uniform"
-- or "hot", which credits the first account, and with "mixed" a third of the requests are deposits and a third
-- withdrawals.

require("run")

function init(arguments)
    take(arguments)
    hot, mixed = target:find("hot") ~= nil, target:find("mixed") ~= nil
    heads = {}

    local folder = target:find("without ledger") and "/benchmark/" or "/transactions/"

    for _, kind in ipairs({ "deposit", "withdrawal", "transfer" }) do
        heads[kind] = posts(folder .. kind)
    end
end

function request()
    local last_one = unfinished()

    if last_one then
        return last_one
    end

    local target = hot and first or math.random(first, last)
    local source = math.random(first, last - 1)

    if source >= target then
        source = source + 1
    end

    local amount = string.format("%d.%02d", math.random(0, 9), math.random(1, 99))
    local kind = mixed and math.random(3) or 3
    posted = posted + 1

    if kind == 3 then
        return post("transfer", source, string.format('{"from":%d,"to":%d,"amount":%s}', source, target, amount))
    end

    return post(kind == 1 and "deposit" or "withdrawal", target,
        string.format('{"account_id":%d,"amount":%s}', target, amount))
end

function post(kind, owned, body)
    return heads[kind][(owned - 1) % users] .. #body .. "\r\n\r\n" .. body
end
