npx openapi-typescript app-authorization.yaml --output untold.ts
npx tsc --project check.json
node build/check.js
