package sqlstore

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"encoding/hex"

	"github.com/appgrant/appgrant/server/internal/grant"
)

// idSecretSize is the length of an id key in bytes: AES-128.
const idSecretSize = 16

// idCipher turns a record's key into the id that the wire knows it by and back.
// An id is one enciphered block of the kind, seven zero bytes and the key, so no
// index of ids is needed, ids are 32 hexadecimal digits that tell nothing, and one
// that was made up deciphers to a block without the zeros.
type idCipher struct {
	block cipher.Block
	kind  byte // of record; stands before the zeros, so that ids of two kinds differ
}

func newIDCipher(secret []byte) idCipher {
	block, err := aes.NewCipher(secret)
	if err != nil {
		panic(err) // only the wrong length can be refused
	}
	return idCipher{block: block}
}

// ofApplications is the cipher for ids of applications.
func (c idCipher) ofApplications() idCipher {
	c.kind = 1
	return c
}

func (c idCipher) id(key int64) grant.AuthorizationID {
	b := [aes.BlockSize]byte{c.kind}
	binary.BigEndian.PutUint64(b[8:], uint64(key))
	c.block.Encrypt(b[:], b[:])
	return grant.AuthorizationID(hex.EncodeToString(b[:]))
}

// key is the inverse of id. It knows exactly one spelling of each id; for all else
// it returns 0, which no row has.
func (c idCipher) key(id grant.AuthorizationID) (int64, bool) {
	var b [aes.BlockSize]byte
	if len(id) != hex.EncodedLen(len(b)) {
		return 0, false
	}
	if _, err := hex.Decode(b[:], []byte(id)); err != nil {
		return 0, false
	}
	c.block.Decrypt(b[:], b[:])
	key := int64(binary.BigEndian.Uint64(b[8:]))
	if key <= 0 || c.id(key) != id {
		return 0, false
	}
	return key, true
}
