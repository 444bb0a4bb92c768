package sqlstore_test

import (
	"testing"

	"github.com/appgrant/appgrant/server/internal/grant"
	"github.com/appgrant/appgrant/server/internal/sqlstore"
	"github.com/appgrant/appgrant/server/internal/storetest"
)

func TestPostgres(t *testing.T) {
	t.Parallel()
	storetest.Schema(t) // or skip
	storetest.Run(t, func(t *testing.T) grant.Store { return openPostgres(t, storetest.Schema(t)) })
}

func openPostgres(t *testing.T, schema string) *sqlstore.Store {
	t.Helper()
	s, err := sqlstore.OpenPostgres(t.Context(), schema)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}
