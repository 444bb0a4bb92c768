npx tsc --project check.json
node build/check.js
