package hooks

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	byteOrderMark = "\ufeff"
	// jsonSpace is the white space of JSON. Other invisible characters are text.
	jsonSpace = " \t\r\n"
	// blanks is what a line without anything in it may hold.
	blanks = jsonSpace + byteOrderMark
)

// trimmed is a text without the one byte order mark that is skipped, and without the white space around it.
func trimmed(data []byte) []byte {
	return bytes.Trim(bytes.TrimPrefix(data, []byte(byteOrderMark)), jsonSpace)
}

// parseObject parses the one JSON object in UTF-8 bytes.
func parseObject(data []byte, source string) (map[string]any, error) {
	if len(trimmed(data)) == 0 {
		return nil, noInput(source, "it is empty")
	}
	text := validUTF8(bytes.TrimPrefix(data, []byte(byteOrderMark)))
	decoder := json.NewDecoder(bytes.NewReader(text))
	// Numbers stay as they were sent: integers of any length survive.
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, badJSON(source, err, len(text))
	}
	if end := decoder.InputOffset(); len(bytes.Trim(text[end:], jsonSpace)) > 0 {
		return nil, notJSON(source, fmt.Sprintf("more follows after byte %d. Send exactly one JSON object", end), nil)
	}
	object, ok := value.(map[string]any)
	if !ok {
		return nil, &InputError{Code: CodeNotObject, Message: fmt.Sprintf("Cannot read an event from %s: it is %s, not an "+
			"object. Send one JSON object per event.", source, describe(value))}
	}
	return object, nil
}

func badJSON(source string, err error, length int) error {
	if err == io.ErrUnexpectedEOF {
		const remedy = "Check that its sender writes all of it and then closes the input"
		return notJSON(source, fmt.Sprintf("it looks cut off at byte %d. %s", length, remedy), err)
	}
	why := err.Error()
	if syntax := (*json.SyntaxError)(nil); errors.As(err, &syntax) {
		why = fmt.Sprintf("%s at byte %d", why, syntax.Offset)
	}
	return notJSON(source, why+". Send exactly one JSON object", err)
}

func notJSON(source, stateAndRemedy string, cause error) error {
	message := fmt.Sprintf("Cannot read an event from %s as JSON: %s.", source, stateAndRemedy)
	return &InputError{Code: CodeNotJSON, Message: message, Cause: cause}
}

func noInput(source, state string) error {
	return &InputError{Code: CodeNoInput, Message: fmt.Sprintf(
		"Cannot read an event from %s: %s. Run the hook from an agent or pipe an event into it.", source, state)}
}

// validUTF8 has U+FFFD for what is not UTF-8: one for every start of a character that does not go on, as everybody but Go's
// own decoders does it.
func validUTF8(data []byte) []byte {
	if utf8.Valid(data) {
		return data
	}
	valid := make([]byte, 0, len(data)+64)
	for len(data) > 0 {
		char, size := utf8.DecodeRune(data)
		if char == utf8.RuneError && size == 1 {
			for size < len(data) && !utf8.FullRune(data[:size+1]) {
				size++
			}
		}
		valid = utf8.AppendRune(valid, char)
		data = data[size:]
	}
	return valid
}

// marshal writes JSON as it is meant to be read: `<` stays `<`.
func marshal(value any) ([]byte, error) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(text.Bytes(), []byte("\n")), nil
}

// describe says a value in a few words, for messages: `the string "12"`, `an array`, `null`.
func describe(value any) string {
	switch value := value.(type) {
	case nil:
		return "null"
	case []any:
		return "an array"
	case map[string]any:
		return "an object"
	case bool:
		return fmt.Sprintf("the boolean %t", value)
	case string:
		return "the string " + quoted(value)
	default:
		return "the number " + cut(fmt.Sprint(value))
	}
}

func quoted(text string) string { return strconv.Quote(cut(text)) }

// cut shortens a text that is too long for a message.
func cut(text string) string {
	const longest = 200
	if len(text) <= longest {
		return text
	}
	return strings.ToValidUTF8(text[:longest], "") + "…"
}
