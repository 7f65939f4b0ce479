-- Drives requests with many transfers for wrk: each takes its own random pairs of accounts, all paid from those of
-- one user, each user in turn. Arguments: seconds to post, the first and the last account, users, "bulk" or "batch" and how many
-- transfers a request has, then one Authorization header a user. After that time it begins requests that it never
-- finishes, so that everything posted is answered and counted.

require("run")

function init(arguments)
    seconds, first, last, users = tonumber(arguments[1]), tonumber(arguments[2]), tonumber(arguments[3]),
        tonumber(arguments[4])
    local kind, count = arguments[5]:match("(%a+) (%d+)")
    transfers = tonumber(count)
    heads = {}

    for user = 1, users do
        heads[user - 1] = "POST /transactions/" .. kind .. " HTTP/1.1\r\nHost: " .. wrk.host
            .. "\r\nContent-Type: application/json\r\nAuthorization: " .. arguments[5 + user]
            .. "\r\nContent-Length: "
    end

    math.randomseed(seed)
end

function request()
    deadline = deadline or clock() + seconds

    if clock() > deadline then
        return "GET /health HTTP/1.1\r\n"
    end

    local user = posted % users
    local accounts = math.floor((last - first + 1) / users)
    local elements = {}

    for index = 1, transfers do
        local source = first + user + users * math.random(0, accounts - 1)
        local target = math.random(first, last - 1)

        if target >= source then
            target = target + 1
        end

        elements[index] = string.format(
            '{"from":%d,"to":%d,"amount":%d.%02d}', source, target, math.random(0, 9), math.random(1, 99))
    end

    posted = posted + 1
    local body = '{"transfers":[' .. table.concat(elements, ",") .. "]}"

    return heads[(first - 1 + user) % users] .. #body .. "\r\n\r\n" .. body
end
