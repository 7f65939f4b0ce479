-- Drives the money endpoints for wrk: every request takes its own random pair of accounts. Arguments: seconds to
-- post, the first and the last account, users, "uniform" or "hot" and whether "mixed", which makes a third of the
-- requests deposits and a third withdrawals, then one Authorization header a user. After that time
-- it begins requests that it never finishes, so that everything posted is answered and counted.

require("run")

function init(arguments)
    seconds, first, last, users = tonumber(arguments[1]), tonumber(arguments[2]), tonumber(arguments[3]),
        tonumber(arguments[4])
    hot, mixed = arguments[5]:find("hot") ~= nil, arguments[5]:find("mixed") ~= nil
    heads = { deposit = {}, withdrawal = {}, transfer = {} }

    for kind, head in pairs(heads) do
        for user = 1, users do
            head[user - 1] = "POST /transactions/" .. kind .. " HTTP/1.1\r\nHost: " .. wrk.host
                .. "\r\nContent-Type: application/json\r\nAuthorization: " .. arguments[5 + user]
                .. "\r\nContent-Length: "
        end
    end

    math.randomseed(seed)
end

function request()
    deadline = deadline or clock() + seconds

    if clock() > deadline then
        return "GET /health HTTP/1.1\r\n"
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
