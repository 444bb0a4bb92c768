// The faults: each an edit of the contract, and the rule that must notice it.

/**
 * @typedef Fault
 * @property {string} rule what must be reported
 * @property {string[]} [also] what is reported besides
 * @property {string} old a text of the contract, whose first occurrence is edited
 * @property {string} new what stands there instead, where `$&` is the text itself
 * @property {boolean} [alone] whether it would hide other faults in the same copy
 * @property {string} [only] the one version of OpenAPI in which this is a fault
 */

/** @type {Fault[]} */
export const faults = [
  // Names.
  { rule: 'operation-id-form', old: 'operationId: DeleteAppCodeV2', new: 'operationId: deleteAppCodeV2' },
  { rule: 'component-name-form', old: '    AuthResult:\n', new: '    authResult: {type: string, description: Idle.}\n    AuthResult:\n', also: ['no-unused-components'] },
  { rule: 'example-name-form', old: 'invalidField:', new: 'invalid_field:' },
  { rule: 'example-name-form', old: 'name: app_code_id\n', new: '$&          examples: {some_code: {summary: Any of them, value: code}}\n' },
  { rule: 'example-name-form', old: 'RequestIdRuled:\n', new: "$&      examples: {some_id: {summary: Any of them, value: '2f6c1d0e9b8a47538c6d5e4f3a2b1c0d'}}\n" },
  { rule: 'member-name-form', old: 'visit_params:', new: 'visitParams:' },
  { rule: 'member-name-form', old: "schema: {$ref: '#/components/schemas/AppsToUnauthorize'}", new: "schema: {type: object, properties: {apps: {type: array, description: The apps., items: {type: object, properties: {appId: {type: string, description: One.}, app_id: {type: string, description: One.}}}}}}", also: ['no-unused-components'] },
  { rule: 'parameter-name-form', old: 'name: workspace_id', new: 'name: workspaceId' },
  { rule: 'header-parameter-name-form', old: 'name: Dlm-Type', new: 'name: dlm_type' },
  { rule: 'header-name-form', old: "X-Request-Id: {$ref: '#/components/headers/RequestIdRuled'}\n", new: "$&            retry-after: {description: Seconds., schema: {type: integer}}\n" },
  { rule: 'path-form', old: '/v1/{project_id}/service/apis/authorize/action:', new: '/v1/{project_id}/service/apis/authorizeAction:' },
  { rule: 'path-form', old: '/v1/{project_id}/service/apis/authorize/action:', new: '/{project_id}/service/apis/authorize/action:' },

  // Bodies and their examples.
  { rule: 'body-content', old: "'204':\n          description: No Content. The action is done.", new: "'202': {description: Accepted., headers: {X-Request-Id: {$ref: '#/components/headers/RequestId'}}}\n        $&" },
  { rule: 'body-content', old: "'204':\n          description: No Content. The authorization is cancelled.", new: "2XX: {description: Accepted., headers: {X-Request-Id: {$ref: '#/components/headers/RequestId'}}, content: {}}\n        $&" },
  { rule: 'body-content', old: "content:\n            application/json:\n              schema: {$ref: '#/components/schemas/AuthorizationRecords'}", new: "x-$&", also: ['no-unused-components'] },
  { rule: 'body-content', old: "content:\n        application/json:\n          schema: {$ref: '#/components/schemas/CancellationResults'}", new: "x-$&", also: ['no-unused-components'], alone: true },
  { rule: 'body-content', old: "content:\n          application/json:\n            schema: {$ref: '#/components/schemas/AuthorizationAction'}", new: "content: {}\n        x-$&", also: ['no-unused-components'] },
  { rule: 'body-schema', old: "          schema: {$ref: '#/components/schemas/CancellationResults'}\n", new: '', also: ['no-unused-components'], alone: true },
  { rule: 'body-example', old: "schema: {$ref: '#/components/schemas/AppsToAuthorize'}\n            examples:", new: "schema: {$ref: '#/components/schemas/AppsToAuthorize'}\n            x-examples:" },
  { rule: 'body-example', old: "schema: {$ref: '#/components/schemas/CancellationResults'}\n          examples:", new: "schema: {$ref: '#/components/schemas/CancellationResults'}\n          x-examples:" },
  { rule: 'body-example', old: "schema: {$ref: '#/components/schemas/Error'}\n              examples:\n                notPermitted:", new: "schema: {$ref: '#/components/schemas/Error'}\n              x-examples:\n                notPermitted:" },
  { rule: 'example-summary', old: "              summary: The authorization is cancelled\n", new: '' },
  { rule: 'example-summary', old: 'name: workspace\n', new: "$&          examples: {default: {value: '0'}}\n" },
  { rule: 'no-invalid-media-type-examples', old: '"auth_role": "PROVIDER"', new: '"auth_role": "OWNER"' },
  { rule: 'no-invalid-media-type-examples', old: '"env_id": "DEFAULT_ENVIRONMENT_RELEASE_ID",', new: '$& "region": "north",' },
  { rule: 'oas3-examples-value-or-externalValue', old: 'value: {\n                    "error_code": "APIG.3004",\n                    "error_msg": "App 356de8eb7a8742168586e5daf5339965 does not exist"\n                    }', new: 'x-value: gone' },
  { rule: 'oas3-valid-schema-example', old: 'default: NORMAL', new: 'default: RED' },

  // Errors.
  { rule: 'error-envelope', old: "content:\n            application/json:\n              schema: {$ref: '#/components/schemas/Error'}\n              examples:\n                unknownApp:", new: "content:\n            application/json:\n              schema: {type: object, description: Another., properties: {message: {type: string, description: Words.}}}\n              examples:\n                unknownApp:", also: ['no-invalid-media-type-examples'] },
  { rule: 'error-envelope', old: "schema: {$ref: '#/components/schemas/Error'}\n          examples:\n            bodyTooLarge:", new: "schema: {$ref: '#/components/schemas/AuthResult'}\n          examples:\n            bodyTooLarge:", also: ['no-invalid-media-type-examples'] },
  { rule: 'error-envelope', old: "schema: {$ref: '#/components/schemas/Error'}\n          examples:\n            missingField:", new: "schema: {allOf: [{$ref: '#/components/schemas/Error'}]}\n          examples:\n            missingField:", also: ['no-illogical-composition-keywords'] },
  { rule: 'error-envelope', old: "'413': {$ref: '#/components/responses/BodyTooLarge'}", new: "'413': {description: Too large., headers: {X-Request-Id: {$ref: '#/components/headers/RequestId'}}}" },
  { rule: 'error-envelope', old: 'required: [error_code, error_msg]', new: 'required: [error_code]' },
  { rule: 'error-envelope', old: "'404': {$ref: '#/components/responses/ModelArtsNotFound'}", new: "default: {description: Whatever., headers: {X-Request-Id: {$ref: '#/components/headers/RequestId'}}}\n        $&" },
  { rule: 'operation-errors', old: "        '413': {$ref: '#/components/responses/BodyTooLarge'}\n", new: '' },
  { rule: 'operation-errors', old: "        '401': {$ref: '#/components/responses/ModelArtsUnauthorized'}\n", new: '' },
  { rule: 'no-content', old: 'description: No Content. The authorization is cancelled.\n', new: "$&          content: {application/json: {schema: {$ref: '#/components/schemas/AuthResult'}, examples: {done: {summary: Done, value: {status: SUCCESS}}}}}\n" },
  { rule: 'operation-2xx-response', old: "'204':\n          description: No Content. The AppCode is deleted.", new: "'304':\n          description: The AppCode is deleted." },
  { rule: 'response-contains-header', old: "description: No Content. The action is done.\n          headers:\n            X-Request-Id:", new: "description: No Content. The action is done.\n          headers:\n            X-Trace-Id:" },
  { rule: 'response-mime-type', old: "application/json:\n          schema: {$ref: '#/components/schemas/CancellationResults'}", new: "application/xml:\n          schema: {$ref: '#/components/schemas/CancellationResults'}" },
  { rule: 'request-mime-type', old: "application/json:\n            schema: {$ref: '#/components/schemas/AuthorizationAction'}", new: "text/plain:\n            schema: {$ref: '#/components/schemas/AuthorizationAction'}" },

  // Schemas.
  { rule: 'repeated-schema', old: 'auth_result: {$ref: ', new: "another_result: {type: object, description: The same., required: [status], properties: {status: {$ref: '#/components/schemas/AuthResult'}}}\n        third_result: {type: object, description: Words., required: [status], properties: {status: {$ref: '#/components/schemas/AuthResult'}}}\n        $&" },
  { rule: 'repeated-schema', old: 'enum: [SHARED, EXCLUSIVE]', new: 'enum: [NORMAL, GREEN]' },
  { rule: 'repeated-schema', old: 'env_id:\n          allOf:\n            - $ref: \'#/components/schemas/Id\'', new: "env_id:\n          type: string\n          pattern: '^[A-Za-z0-9_-]{1,64}$'" },
  { rule: 'repeated-schema', old: "items: {$ref: '#/components/schemas/Apps'}", new: "items: {type: object, required: [app_id], properties: {app_id: {description: Any., allOf: [{$ref: '#/components/schemas/ModelArtsId'}]}}}", also: ['no-unused-components'] },
  { rule: 'repeated-schema', old: "'404': {$ref: '#/components/responses/ModelArtsNotFound'}", new: "default: {description: Whatever., headers: {X-Request-Id: {$ref: '#/components/headers/RequestId'}, X-Tunnel: {description: Which., schema: {type: string, enum: [NORMAL, GREEN]}}}, content: {application/json: {schema: {$ref: '#/components/schemas/Error'}, examples: {any: {summary: Any, value: {error_code: any, error_msg: any}}}}}}\n        $&" },
  { rule: 'schema-type', old: 'visit_params:\n          type: string\n', new: 'visit_params:\n' },
  { rule: 'schema-type', old: '    ModelArtsId:\n      type: string\n', new: '    ModelArtsId:\n' },
  { rule: 'schema-type', old: 'items: {type: string}', new: 'items: {maxLength: 9}' },
  { rule: 'schema-type', old: 'One app, by its id.\n', new: '$&      additionalProperties: {maxLength: 9}\n' },
  { rule: 'schema-type', old: 'schema:\n            type: string\n            enum: [SHARED, EXCLUSIVE]', new: 'schema:\n            enum: [SHARED, EXCLUSIVE]' },
  { rule: 'schema-type', old: "required: true\n      schema: {$ref: '#/components/schemas/RequestId'}", new: 'required: true\n      schema: {maxLength: 32}' },
  { rule: 'pattern-anchored', old: "pattern: '^[0-9a-f]{32}$'", new: "pattern: '[0-9a-f]{32}'" },
  { rule: 'local-ref', old: "schema: {$ref: '#/components/schemas/AuthorizationRecords'}", new: "schema: {$ref: 'other.yaml#/components/schemas/AuthorizationRecords'}", also: ['no-unresolved-refs', 'invalid-ref', 'no-unused-components', 'no-invalid-media-type-examples'] },
  { rule: 'no-unresolved-refs', old: "auth_result: {$ref: '#/components/schemas/AuthResult'}", new: "auth_result: {$ref: '#/components/schemas/Results'}", also: ['invalid-ref', 'no-unused-components'] },
  { rule: 'no-unused-components', old: '    AuthResult:\n', new: '    Idle: {type: string, description: Nobody needs it.}\n    AuthResult:\n' },
  { rule: 'spec-ref-siblings', old: "auth_result: {$ref: '#/components/schemas/AuthResult'}", new: "auth_result: {$ref: '#/components/schemas/AuthResult', nullable: true}", also: ['no-invalid-media-type-examples'], only: '3.0.3' },
  { rule: 'spec-ref-siblings', old: "'200': {$ref: '#/components/responses/ModelArtsCancelled'}", new: "'200': {$ref: '#/components/responses/ModelArtsCancelled', headers: {}}", only: '3.1.0' },
  { rule: 'array-items', old: "description: Who may use the green channel.\n          items: {type: string}", new: 'description: Who may use the green channel.' },
  { rule: 'no-enum-type-mismatch', old: 'enum: [SUCCESS, SKIPPED, FAILED]', new: 'enum: [SUCCESS, SKIPPED, FAILED, 7]' },
  { rule: 'no-duplicated-enum-values', old: 'enum: [SUCCESS, SKIPPED, FAILED]', new: 'enum: [SUCCESS, SKIPPED, FAILED, FAILED]' },
  { rule: 'no-required-schema-properties-undefined', old: 'required: [api_id, app_id, success]', new: 'required: [api_id, app_id, succeeded]', also: ['no-invalid-media-type-examples'] },
  { rule: 'no-schema-type-mismatch', old: 'app_name:\n          type: string', new: 'app_name:\n          type: string\n          items: {type: string}' },

  // Words.
  { rule: 'operation-summary', old: '      summary: Delete an AppCode\n', new: '' },
  { rule: 'summary-form', old: 'summary: Delete an AppCode\n', new: 'summary: Delete an AppCode.\n' },
  { rule: 'summary-form', old: 'RequestId:\n      description: The trace id of this exchange.\n', new: "$&      examples: {some: {summary: Any of them., value: '2f6c1d0e9b8a47538c6d5e4f3a2b1c0d'}}\n" },
  { rule: 'operation-description', old: 'description: |\n        Removes one', new: 'x-description: |\n        Removes one' },
  { rule: 'description-form', old: 'description: The AppCode, by its id (never by its value).', new: 'description: the AppCode' },
  { rule: 'oas3-parameter-description', old: '          description: The project whose instance it is.\n', new: '' },
  { rule: 'oas3-parameter-description', old: 'name: workspace_id\n      in: query\n      description:', new: 'name: workspace_id\n      in: query\n      x-description:' },
  { rule: 'tag-description', old: '    description: Model services whose APIs are called by authorized apps.\n', new: '' },
  { rule: 'info-description', old: '  description: |\n    Five operations', new: '  x-description: |\n    Five operations' },
  { rule: 'schema-description', old: '      description: One app, by its id.\n', new: '' },
  { rule: 'description', old: '          description: Parameters of the access.\n', new: '' },
  { rule: 'description', old: "schema: {$ref: '#/components/schemas/CancellationResults'}", new: "schema: {type: object, properties: {unauth_result: {type: array, items: {$ref: '#/components/schemas/AppAuthResultInfo'}}}}", also: ['no-unused-components'] },
  { rule: 'description', old: "schema: {$ref: '#/components/schemas/AppsToUnauthorize'}", new: "schema: {type: object, properties: {apps: {type: array, items: {$ref: '#/components/schemas/Apps'}}}}", also: ['no-unused-components'] },
  { rule: 'description', old: "required: true\n      schema: {$ref: '#/components/schemas/RequestId'}", new: 'required: true\n      schema: {type: object, properties: {id: {type: string}}}' },
  { rule: 'description', old: "schema:\n        allOf:\n          - $ref: '#/components/schemas/ModelArtsId'\n        default: '0'", new: 'schema: {type: object, properties: {id: {type: string}}}' },
  { rule: 'description', old: 'RequestId:\n      description: The trace id of this exchange.\n', new: 'RequestId:\n' },
  { rule: 'description', old: "      description: The caller's token, as IAM hands it out in the header X-Subject-Token of its answer.\n", new: '' },
  { rule: 'description', old: '        description: Scheme, host and port of a server that implements this contract.\n', new: '' },
  { rule: 'ruling', old: 'x-ruling:\n            minItems:', new: 'x-ruling:\n            uniqueItems:' },
  { rule: 'ruling', old: 'x-ruling: Only the ModelArts document lists this header. The services send it on every answer, and so\n        does this one.', new: "x-ruling: ''" },
  { rule: 'no-unsafe-markdown', old: 'Deletes one AppCode of an app.', new: '<script>alert(1)</script> $&' },

  // Who may call, and which contract it is.
  { rule: 'security-required', old: 'operationId: DeleteAppCodeV2\n', new: '$&      security: []\n' },
  { rule: 'security-required', old: 'security:\n  - XAuthToken: []\n', new: '$&  - {}\n' },
  { rule: 'info-version-form', old: 'version: 1.0.0', new: 'version: v1' },
  { rule: 'info-version-form', old: 'version: 1.0.0', new: "version: '1.0'" },

  // Operations, paths and the rest.
  { rule: 'operation-operationId', old: '      operationId: CancelingAuthorizationV2\n', new: '', also: ['ruling'] },
  { rule: 'operation-operationId-unique', old: 'operationId: DeleteApiAppAuthAlias', new: 'operationId: DeleteApiAppAuth' },
  { rule: 'operation-tags', old: 'tags: [ROMA Connect]', new: 'tags: []' },
  { rule: 'operation-tag-defined', old: 'tags: [ROMA Connect]', new: 'tags: [Roma Connect]' },
  { rule: 'operation-singular-tag', old: 'tags: [DataArts Studio]', new: 'tags: [DataArts Studio, APIG]' },
  { rule: 'openapi-tags', old: 'tags:\n  - name: APIG', new: 'x-tags:\n  - name: APIG', also: ['operation-tag-defined'], alone: true },
  { rule: 'no-duplicated-tag-names', old: '  - name: ModelArts', new: '  - {name: APIG, description: Again.}\n$&' },
  { rule: 'security-defined', old: 'security:\n  - XAuthToken: []', new: 'x-security:\n  - XAuthToken: []', also: ['ruling', 'no-unused-components'] },
  { rule: 'security-defined', old: 'security:\n  - XAuthToken: []', new: 'security:\n  - AuthToken: []', also: ['no-unused-components'] },
  { rule: 'path-parameters-defined', old: '- name: app_code_id', new: '- name: code_id' },
  { rule: 'operation-parameters-unique', old: 'name: Dlm-Type', new: 'name: workspace' },
  { rule: 'no-identical-paths', old: '/v1/{project_id}/app-auth/{service_id}/apis/{api_id}/auths:', new: '/v1/{project}/services/{service_id}/app-auth-apis/{api_id}/app-auth-api:', also: ['path-parameters-defined', 'no-ambiguous-paths'], alone: true },
  { rule: 'no-path-trailing-slash', old: '/v1/{project_id}/service/apis/authorize/action:', new: '/v1/{project_id}/service/apis/authorize/action/:', also: ['path-form'] },
  { rule: 'no-empty-servers', old: 'servers:\n', new: 'x-servers:\n', alone: true },
  { rule: 'oas3-server-variables', old: "url: '{endpoint}'", new: "url: '{endpoint}/{base}'" },
  { rule: 'info-license', old: '  license:\n', new: '  x-license:\n' },
  { rule: 'info-contact', old: '  contact:\n', new: '  x-contact:\n' },
  { rule: 'struct', old: 'in: query', new: 'in: body', also: ['oas3-schema'] },
  { rule: 'oas3-schema', old: 'required: true\n          description: The AppCode, by its id', new: 'required: false\n          description: The AppCode, by its id' },
]
