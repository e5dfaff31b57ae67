package hooks

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

func eventIn(data []byte, o *options) (Event, error) {
	object, err := parseObject(data, "stdin")
	if err != nil {
		return nil, err
	}
	return eventOf(object, o)
}

// eventOf is the event of a payload, or of the payload in the file of an envelope.
func eventOf(object map[string]any, o *options) (Event, error) {
	path, ok := payloadPath(object)
	if !ok {
		return toEvent(object), nil
	}
	if !filepath.IsAbs(path) {
		return nil, payloadError(CodePayloadPathRelative, path, "its path is not absolute. Write the whole path into the envelope", nil)
	}
	data, err := readPayload(path, o.maxPayloadFileBytes)
	if err == nil {
		err = mustBeAsPromised(data, object, path)
	}
	if err != nil {
		return nil, err
	}
	source := "the payload file " + quoted(path)
	payload, err := parseObject(data, source)
	if err == nil {
		err = mustBePayload(payload, source)
	}
	if err != nil {
		return nil, err
	}
	return toEvent(payload), nil
}

// payloadPath is the path in an envelope; not ok when the object is a payload.
func payloadPath(object map[string]any) (path string, ok bool) {
	for _, key := range [...]string{"session_id", "session-id", "thread_id", "thread-id"} {
		if _, there := object[key]; there {
			return "", false
		}
	}
	path, ok = either(object, "payload_path").(string)
	return path, ok
}

// either is a field of an envelope in either spelling.
func either(object map[string]any, key string) any {
	if value, there := object[key]; there {
		return value
	}
	return object[strings.ReplaceAll(key, "_", "-")]
}

func mustBePayload(object map[string]any, source string) error {
	path, envelope := payloadPath(object)
	if !envelope {
		return nil
	}
	return &InputError{Code: CodeUnexpectedEnvelope, Field: "payload_path", Message: fmt.Sprintf("Cannot read an event from "+
		"%s: it is an envelope that names the file %s. Read the payload, not the envelope.", source, quoted(path))}
}

func readPayload(path string, maxBytes int64) ([]byte, error) {
	// Opening a device may already do something, so it is looked at first; what counts is what was opened.
	info, err := os.Lstat(path)
	if err != nil {
		return nil, fileError(path, err)
	}
	if !info.Mode().IsRegular() {
		return nil, notRegular(path)
	}
	file, err := os.OpenFile(path, os.O_RDONLY|openFlags, 0)
	if err != nil {
		return nil, fileError(path, err)
	}
	defer file.Close()
	if info, err = file.Stat(); err != nil {
		return nil, fileError(path, err)
	}
	if !info.Mode().IsRegular() {
		return nil, notRegular(path)
	}
	return readOpened(file, info.Size(), path, maxBytes)
}

func readOpened(file *os.File, size int64, path string, maxBytes int64) ([]byte, error) {
	if size > maxBytes {
		state := fmt.Sprintf("it has %d bytes, more than %d. Use WithMaxPayloadFileBytes", size, maxBytes)
		return nil, payloadError(CodePayloadFileTooLarge, path, state, nil)
	}
	// One byte more than it has: a file that is still growing is noticed.
	data := make([]byte, size+1)
	length, err := io.ReadFull(file, data)
	if err == nil {
		state := "it grew while it was read. Write it before the envelope is sent"
		return nil, payloadError(CodePayloadFileMismatch, path, state, nil)
	}
	if err != io.EOF && err != io.ErrUnexpectedEOF {
		return nil, fileError(path, err)
	}
	return data[:length], nil
}

// mustBeAsPromised compares length and hash with those of the envelope. Old senders give neither.
func mustBeAsPromised(data []byte, envelope map[string]any, path string) error {
	if promised := either(envelope, "payload_bytes"); promised != nil {
		if length, ok := numberOf(promised); !ok || length != float64(len(data)) {
			return mismatch("payload_bytes", "length", strconv.Itoa(len(data)), promised, path)
		}
	}
	promised := either(envelope, "payload_sha256")
	if promised == nil {
		return nil
	}
	sum := sha256.Sum256(data)
	is := hex.EncodeToString(sum[:])
	if text, ok := promised.(string); !ok || strings.ToLower(text) != is {
		return mismatch("payload_sha256", "SHA-256", is, promised, path)
	}
	return nil
}

func mismatch(field, what, is string, promised any, path string) error {
	state := fmt.Sprintf("its %s is %s, and the envelope says %s. Something else wrote to it", what, is, describe(promised))
	err := payloadError(CodePayloadFileMismatch, path, state, nil)
	err.Field = field
	return err
}

func fileError(path string, err error) error {
	const remedy = ". Read it while the hook runs, as the user the agent runs as"
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return payloadError(CodePayloadFileMissing, path, "it does not exist"+remedy, err)
	case errors.Is(err, syscall.ENOTDIR):
		return payloadError(CodePayloadFileMissing, path, "a part of its path is not a folder"+remedy, err)
	case errors.Is(err, syscall.ELOOP), errors.Is(err, syscall.ENXIO):
		return notRegular(path)
	}
	return payloadError(CodePayloadFileUnreadable, path, reasonOf(err).Error()+remedy, err)
}

func notRegular(path string) error {
	return payloadError(CodePayloadFileNotRegular, path, "it is not a regular file. Write the payload into one", nil)
}

func payloadError(code, path, stateAndRemedy string, cause error) *InputError {
	message := fmt.Sprintf("Cannot read the payload file %s: %s.", quoted(path), stateAndRemedy)
	return &InputError{Code: code, Message: message, Field: "payload_path", Cause: cause}
}

// reasonOf is what the system said, without the path before it.
func reasonOf(err error) error {
	var withPath *fs.PathError
	if errors.As(err, &withPath) {
		return withPath.Err
	}
	return err
}
