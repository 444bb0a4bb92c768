npm install
npx openapi-typescript app-authorization.yaml --default-non-nullable=false --output contract.ts
npx tsc
node build/main.js
