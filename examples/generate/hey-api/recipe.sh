npm install
npx openapi-ts --input app-authorization.yaml --output contract
npx tsc
node build/main.js
