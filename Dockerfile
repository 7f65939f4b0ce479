# The API on the official .NET images. The runtime image is the smallest one with Unicode data, which comparing user
# names needs. It has no shell and no package manager, and its user is not root.
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source

COPY Directory.Build.props .editorconfig Bank.csproj ./
COPY .ci/standins .ci/standins
RUN dotnet restore Bank.csproj

COPY Program.cs appsettings.json ./
COPY Features Features
COPY Infrastructure Infrastructure
COPY Migrations Migrations
RUN dotnet publish Bank.csproj --no-restore --configuration Release --output /app

FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled-extra
WORKDIR /app
COPY --from=build /app .

ENV ASPNETCORE_HTTP_PORTS=8000
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=10s --start-period=60s CMD ["dotnet", "Bank.dll", "health"]
ENTRYPOINT ["dotnet", "Bank.dll"]
