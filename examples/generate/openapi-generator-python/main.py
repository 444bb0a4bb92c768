import os

import contract

client = contract.ApiClient(contract.Configuration(
    host=os.environ["APPGRANT_ENDPOINT"],
    api_key={"X-Auth-Token": os.environ["APPGRANT_TOKEN"]},
))
project = os.environ["APPGRANT_PROJECT"]
gateway = "f0fa1789-3b76-433b-a787-9892951c620e"

apig = contract.APIGApi(client)
authorized, status, headers = apig.create_authorizing_apps_v2_with_http_info(
    project, gateway, contract.AppsToAuthorize(
        env_id="DEFAULT_ENVIRONMENT_RELEASE_ID",
        app_ids=["356de8eb7a8742168586e5daf5339965"],
        api_ids=["5f918d104dc84480a75166ba99efff21"],
    ))
auth = authorized.auths[0]
print(auth.auth_result.status, auth.id, headers["X-Request-Id"])

unauthorized = contract.ModelArtsApi(client).delete_api_app_auth(
    project,
    "5e9c3b0a-6a51-4b8e-9d57-3c1f0e2a7b44",
    "logic-api-fe84e858-49ec-41c6-80d7-a34fc22435c2",
    contract.AppsToUnauthorize(apps=[contract.Apps(app_id="fb1a9eadd87b48abbd74b8ba1755dffd")]),
)
print(unauthorized.unauth_result[0].success)
