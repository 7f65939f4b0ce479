-- Drives reads for wrk: every request takes an account at random and asks as its owner. Arguments: seconds to
-- ask, the first and the last account, users, "health", "account", "history" (a page of 20) or "balance" (at any
-- moment between 40 days ago and yesterday), then one Authorization header a user. After that time it begins requests that it never finishes, so that everything
-- asked is answered and counted.

require("run")

function init(arguments)
    seconds, first = tonumber(arguments[1]), tonumber(arguments[2])
    last, users = tonumber(arguments[3]), tonumber(arguments[4])
    target = arguments[5]
    heads = {}
    now_seconds = os.time()

    for user = 1, users do
        heads[user - 1] = " HTTP/1.1\r\nHost: " .. wrk.host .. "\r\nAuthorization: " .. arguments[5 + user]
            .. "\r\n\r\n"
    end

    math.randomseed(seed)
end

function request()
    deadline = deadline or clock() + seconds

    if clock() > deadline then
        return "GET /health HTTP/1.1\r\n"
    end

    local account = math.random(first, last)
    local path = target == "account" and "/accounts/" .. account
        or target == "history" and "/transactions/account/" .. account .. "?limit=20"
        or target == "balance" and "/accounts/" .. account .. "/balance?at="
            .. os.date("!%Y-%m-%dT%H:%M:%SZ", now_seconds - math.random(86400, 40 * 86400))
        or "/health"
    posted = posted + 1

    return "GET " .. path .. heads[(account - 1) % users]
end
