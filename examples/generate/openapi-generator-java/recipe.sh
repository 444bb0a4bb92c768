npm install
npx openapi-generator generate --generator-name java --library native \
	--invoker-package contract --api-package contract --model-package contract \
	--input-spec app-authorization.yaml --output contract
sed -i '/JsonNullable/d; /(jnm)/d' contract/src/main/java/contract/ApiClient.java
jar=node_modules/@openapitools/openapi-generator-cli/bin/openapi-generator.jar
javac -proc:none -classpath "$jar" -d build contract/src/main/java/contract/*.java Main.java
java -classpath "$jar:build" Main
