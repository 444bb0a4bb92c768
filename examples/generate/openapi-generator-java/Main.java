import contract.*;
import java.net.URI;
import java.util.List;

/** Authorizes an app to call an API, and takes another authorization back. */
class Main {
  static final URI ENDPOINT = URI.create(System.getenv("APPGRANT_ENDPOINT"));
  static final String PROJECT = System.getenv("APPGRANT_PROJECT");
  static final String GATEWAY = "f0fa1789-3b76-433b-a787-9892951c620e";

  static ApiClient client() {
    return new ApiClient()
        .setScheme(ENDPOINT.getScheme()).setHost(ENDPOINT.getHost()).setPort(ENDPOINT.getPort())
        .setRequestInterceptor(r -> r.header("X-Auth-Token", System.getenv("APPGRANT_TOKEN")));
  }

  static ApiAuthRelations authorize() throws ApiException {
    return new ApigApi(client()).createAuthorizingAppsV2(PROJECT, GATEWAY, new AppsToAuthorize()
        .envId("DEFAULT_ENVIRONMENT_RELEASE_ID")
        .appIds(List.of("356de8eb7a8742168586e5daf5339965"))
        .apiIds(List.of("5f918d104dc84480a75166ba99efff21"))).getAuths().get(0);
  }

  static boolean unauthorize() throws ApiException {
    return new ModelArtsApi(client()).deleteApiAppAuth(PROJECT,
        "5e9c3b0a-6a51-4b8e-9d57-3c1f0e2a7b44", "logic-api-fe84e858-49ec-41c6-80d7-a34fc22435c2",
        new AppsToUnauthorize().addAppsItem(new Apps().appId("fb1a9eadd87b48abbd74b8ba1755dffd")), null)
        .getUnauthResult().get(0).getSuccess();
  }

  public static void main(String[] args) throws ApiException {
    var auth = authorize();
    System.out.println(auth.getAuthResult().getStatus() + " " + auth.getId());
    System.out.println(unauthorize());
  }
}
