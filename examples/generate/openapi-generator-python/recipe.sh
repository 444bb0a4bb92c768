npm install
npx openapi-generator generate --generator-name python --package-name contract \
	--input-spec app-authorization.yaml --output generated
PYTHONPATH=generated python3 main.py
