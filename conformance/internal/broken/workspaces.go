package broken

import "net/url"

var workspaceFaults = []Fault{
	fault("query-workspace-ignored", "ModelArts ignores workspace_id in the query", before(func(c *call) {
		if c.op == cancelAPI {
			c.query(func(values url.Values) { values.Del("workspace_id") })
		}
	})),
	fault("body-workspace-ignored", "ModelArts ignores workspace_id in the body", before(func(c *call) {
		if c.op == cancelAPI {
			c.change(func(body object) { delete(body, "workspace_id") })
		}
	})),
	fault("disagreement-accepted", "if workspace_id in the query and in the body disagree, the query counts", before(func(c *call) {
		if id, has := c.sent()["workspace_id"].(string); c.op == cancelAPI && c.r.URL.Query().Has("workspace_id") && has && id != "" {
			c.change(func(body object) { delete(body, "workspace_id") })
		}
	})),
	fault("body-workspace-counts", "if workspace_id in the query and in the body disagree, the body counts", before(func(c *call) {
		if id, has := c.sent()["workspace_id"].(string); c.op == cancelAPI && has && id != "" {
			c.query(func(values url.Values) { values.Del("workspace_id") })
		}
	})),
	fault("agreement-refused", "workspace_id in the query and in the body is refused, even if they agree", func(c *call) *answer {
		a := c.pass()
		if id, has := c.sent()["workspace_id"].(string); c.op == cancelAPI && a.ok() && has && c.r.URL.Query().Get("workspace_id") == id {
			return failure(400, "ModelArts.0101", "Invalid Argument. workspace_id")
		}
		return a
	}),
	fault("unknown-workspace-accepted", "an unknown workspace of ModelArts is taken for 0", instead("ModelArts.0102", func(c *call) *answer {
		c.query(func(values url.Values) { values.Del("workspace_id") })
		c.change(func(body object) { delete(body, "workspace_id") })
		return c.pass()
	})),
	fault("any-workspace", "ModelArts finds services in any workspace", instead("ModelArts.3502", func(c *call) *answer {
		r := c.realm()
		if r.ID == "" {
			return nil
		}
		workspace := r.Workspace
		if workspace == "" {
			workspace = "0"
		}
		c.query(func(values url.Values) { values.Set("workspace_id", workspace) })
		c.change(func(body object) { delete(body, "workspace_id") })
		return c.pass()
	})),
	fault("modelarts-workspace-needed", "ModelArts needs a workspace_id", func(c *call) *answer {
		a := c.pass()
		if _, has := c.sent()["workspace_id"]; c.op == cancelAPI && a.ok() && !has && !c.r.URL.Query().Has("workspace_id") {
			return failure(400, "ModelArts.0104", "Parameter error. workspace_id")
		}
		return a
	}),
	fault("workspace-header-ignored", "DataArts Studio ignores the header workspace", before(func(c *call) {
		if c.op == act {
			c.r.Header.Del("workspace")
		}
	})),
	fault("unknown-data-workspace-accepted", "an unknown workspace of DataArts Studio is taken for 0", instead("DLM.4001", func(c *call) *answer {
		c.r.Header.Del("workspace")
		return c.pass()
	})),
	fault("data-workspace-needed", "DataArts Studio needs the header workspace", func(c *call) *answer {
		a := c.pass()
		if c.op == act && a.ok() && c.r.Header.Get("workspace") == "" {
			return failure(400, "DLS.1000", "process failed: workspace")
		}
		return a
	}),
	fault("any-cluster", "an unknown cluster is taken for the first", instead("DLM.4215", func(c *call) *answer {
		if clusters := c.realm().Clusters; len(clusters) > 0 {
			c.change(func(body object) { body["instance_id"] = clusters[0] })
			return c.pass()
		}
		return nil
	})),
	fault("cluster-ignored", "whatever cluster is asked for, it is the first", before(func(c *call) {
		for _, cluster := range c.realm().Clusters {
			if c.op == act && cluster == c.text("instance_id") {
				c.change(func(body object) { body["instance_id"] = c.realm().Clusters[0] })
			}
		}
	})),
	fault("every-cluster", "an action counts in every cluster", afterSuccess(act, func(c *call, _ *answer) {
		for _, cluster := range c.realm().Clusters {
			if other := c.again(); cluster != c.text("instance_id") {
				other.change(func(body object) { body["instance_id"] = cluster })
				other.pass()
			}
		}
	})),
}
