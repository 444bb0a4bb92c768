import com.fasterxml.jackson.databind.ObjectMapper;
// #region use
import contract.*;
import java.net.URI;
import java.util.List;

/** The five calls, with the client that openapi-generator generates. */
class Main {
  static final URI ENDPOINT = URI.create(System.getenv("APPGRANT_ENDPOINT"));
  static final String PROJECT = System.getenv("APPGRANT_PROJECT");
  static final String GATEWAY = "f0fa1789-3b76-433b-a787-9892951c620e";

  static ApiClient client() {
    return new ApiClient()
        .setScheme(ENDPOINT.getScheme()).setHost(ENDPOINT.getHost()).setPort(ENDPOINT.getPort())
        .setRequestInterceptor(r -> r.header("X-Auth-Token", System.getenv("APPGRANT_TOKEN")));
  }

  public static void main(String[] args) throws Exception {
    var apig = new ApigApi(client());
    var auth = apig.createAuthorizingAppsV2(PROJECT, GATEWAY, new AppsToAuthorize()
        .envId("DEFAULT_ENVIRONMENT_RELEASE_ID")
        .appIds(List.of("356de8eb7a8742168586e5daf5339965"))
        .apiIds(List.of("5f918d104dc84480a75166ba99efff21"))).getAuths().get(0);
    System.out.println(auth.getAuthResult().getStatus() + " " + auth.getId());

    var unauthorized = new ModelArtsApi(client()).deleteApiAppAuth(PROJECT,
        "5e9c3b0a-6a51-4b8e-9d57-3c1f0e2a7b44", "logic-api-fe84e858-49ec-41c6-80d7-a34fc22435c2",
        new AppsToUnauthorize().addAppsItem(new Apps().appId("fb1a9eadd87b48abbd74b8ba1755dffd")), null);
    System.out.println(unauthorized.getUnauthResult().get(0).getSuccess());
    // #endregion

    assert auth.getAuthResult().getStatus() == AuthResult.StatusEnum.SUCCESS;
    assert auth.getAuthRole() == ApiAuthRelations.AuthRoleEnum.PROVIDER;
    assert unauthorized.getUnauthResult().get(0).getSuccess();

    // The status and the headers of a success are seen by an interceptor alone.
    var seen = client().setResponseInterceptor(response -> {
      assert response.statusCode() == 204;
      assert response.headers().firstValue("X-Request-Id").orElseThrow().matches("[0-9a-f]{32}");
    });
    new ApigApi(seen).cancelingAuthorizationV2(PROJECT, GATEWAY, auth.getId());
    var error = refusal(404, () -> apig.cancelingAuthorizationV2(PROJECT, GATEWAY, auth.getId()));
    assert error.getErrorCode().equals("APIG.3009");

    new RomaConnectApi(seen).deleteAppCodeV2(PROJECT, "a1b2c3d4-0000-4000-8000-00000000000a",
        "cd08f77b5b4a4d0c8f0a2d8c1f2b3e4d", "c0de0000000000000000000000000001");

    var action = new AuthorizationAction()
        .apiId("47046fe7830c1be77cb0dc23bd86afa5")
        .instanceId("APIG")
        .appId("908489209a320df61607355c57c82882")
        .applyType(AuthorizationAction.ApplyTypeEnum.AUTHORIZE)
        .time("2099-01-01T10:00:00.000Z");
    new DataArtsStudioApi(seen).authorizeActionApiToInstance(PROJECT, action, "0", null);

    // A status that the contract does not list for an operation: here 404, since there is no such path.
    var nowhere = new DataArtsStudioApi(client().setBasePath("/nowhere"));
    error = refusal(404, () -> nowhere.authorizeActionApiToInstance(PROJECT, action, null, null));
    assert error.getErrorCode().equals("APIGW.0101");
  }

  interface Call {
    void make() throws ApiException;
  }

  /** The decoded body of a call that is refused. */
  static contract.Error refusal(int status, Call call) throws Exception {
    try {
      call.make();
    } catch (ApiException e) {
      assert e.getCode() == status : e.getMessage();
      assert e.getResponseHeaders().firstValue("X-Request-Id").isPresent();
      return new ObjectMapper().readValue(e.getResponseBody(), contract.Error.class);
    }
    throw new AssertionError("was not refused");
  }
}
