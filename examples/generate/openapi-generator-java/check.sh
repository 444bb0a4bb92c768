jar=node_modules/@openapitools/openapi-generator-cli/bin/openapi-generator.jar
javac -proc:none -classpath "$jar:build" -d build Check.java
java -classpath "$jar:build" -enableassertions Check
