# syntax=docker/dockerfile:1.18
# Every image of the shop: `docker build --target orders .`, and so for gateway auth products cart payments logger mailer, and
# for `preparation`, which makes secrets and databases. `npm run rehearse` does these very steps without Docker.
ARG NODE=24.21.0-bookworm-slim

FROM node:${NODE} AS build
WORKDIR /shop
# First what says which packages: as long as it stays the same, they are not installed again.
COPY package.json package-lock.json ./
COPY shared/package.json shared/
COPY gateway/package.json gateway/
COPY system/package.json system/
COPY subgraphs/auth/package.json subgraphs/auth/
COPY subgraphs/products/package.json subgraphs/products/
COPY subgraphs/cart/package.json subgraphs/cart/
COPY subgraphs/orders/package.json subgraphs/orders/
COPY subgraphs/payments/package.json subgraphs/payments/
COPY subgraphs/logger/package.json subgraphs/logger/
COPY subgraphs/mailer/package.json subgraphs/mailer/
RUN --mount=type=cache,target=/root/.npm npm ci --ignore-scripts --prefer-offline --no-audit --no-fund
COPY . .
# Packages that were kept from another build are older than this copy of the lock file, though they are what it says: without
# a newer date they would be installed once more, with their scripts.
RUN touch node_modules/.package-lock.json && npm run build
RUN node scripts/images/lay-out.mjs images

# What all have in common. What goes into them belongs to root, and they run as somebody who may only read it.
FROM node:${NODE} AS runtime
ENV NODE_ENV=production HOST=0.0.0.0
WORKDIR /app
USER node
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --start-interval=1s --retries=3 CMD ["node", "healthcheck.mjs"]
# Secrets are in a file, or in the environment, which goes before it.
ENTRYPOINT ["node", "--env-file-if-exists=/run/secrets/shop.env"]
CMD ["main.js"]

FROM runtime AS gateway
ENV PORT=4000 SUPERGRAPH_SDL=supergraph.graphql
EXPOSE 4000
COPY --from=build /shop/images/gateway ./

FROM runtime AS auth
ENV PORT=8084
EXPOSE 8084
COPY --from=build /shop/images/auth ./

FROM runtime AS products
ENV PORT=8081
EXPOSE 8081
COPY --from=build /shop/images/products ./

FROM runtime AS cart
ENV PORT=8082
EXPOSE 8082
COPY --from=build /shop/images/cart ./

FROM runtime AS orders
ENV PORT=8083
EXPOSE 8083
COPY --from=build /shop/images/orders ./

FROM runtime AS payments
ENV PORT=8086
EXPOSE 8086
COPY --from=build /shop/images/payments ./

FROM runtime AS logger
ENV PORT=8085
EXPOSE 8085 50051
COPY --from=build /shop/images/logger ./
# Whoever mounts a volume for the log's file gets a folder that the logger may write.
COPY --from=build --chown=node:node /shop/images/log /var/log/shop

FROM runtime AS mailer
ENV PORT=8087
EXPOSE 8087
COPY --from=build /shop/images/mailer ./

# Run once, before the others: makes the secrets (`secrets.js`), and each service's database and user (`databases.js`).
FROM runtime AS preparation
HEALTHCHECK NONE
COPY --from=build /shop/images/preparation ./
COPY --from=build --chown=node:node /shop/images/secrets /secrets
CMD ["secrets.js"]
