# The API on the official .NET images, as a user who is not root.
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

FROM mcr.microsoft.com/dotnet/aspnet:10.0
RUN apt-get update && apt-get install --yes --no-install-recommends curl && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY --from=build /app .

ENV ASPNETCORE_HTTP_PORTS=8000
EXPOSE 8000
USER $APP_UID
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s \
    CMD curl --fail --silent http://localhost:8000/health/ready
ENTRYPOINT ["dotnet", "Bank.dll"]
