package hooks

import (
	"encoding/json"
	"math"
)

// kind is what a value is checked for. Objects and arrays are not looked into any further.
type kind int

const (
	kindString kind = iota
	kindInteger
	kindNumber
	kindBoolean
	kindObject
	kindArray
	kindStrings
	kindAny
)

// kindNames are for messages.
var kindNames = [...]string{
	kindString:  "a string",
	kindInteger: "an integer",
	kindNumber:  "a number",
	kindBoolean: "a boolean",
	kindObject:  "an object",
	kindArray:   "an array",
	kindStrings: "an array of strings",
	kindAny:     "anything",
}

// read is a value as typed fields have it, when it is of the kind.
func (k kind) read(value any) (typed any, ok bool) {
	switch k {
	case kindString:
		_, ok = value.(string)
	case kindInteger:
		return integerOf(value)
	case kindNumber:
		return numberOf(value)
	case kindBoolean:
		_, ok = value.(bool)
	case kindObject:
		_, ok = value.(map[string]any)
	case kindArray:
		_, ok = value.([]any)
	case kindStrings:
		_, ok = stringsOf(value)
	default:
		ok = true
	}
	return value, ok
}

// empty is the empty value of a kind: a new one each time, so that nobody shares it.
func (k kind) empty() any {
	switch k {
	case kindString:
		return ""
	case kindInteger:
		return int64(0)
	case kindNumber:
		return float64(0)
	case kindBoolean:
		return false
	case kindObject:
		return map[string]any{}
	case kindArray, kindStrings:
		return []any{}
	default:
		return nil
	}
}

// numberOf is a number that a double can hold.
func numberOf(value any) (float64, bool) {
	if typed, ok := value.(float64); ok {
		return typed, true
	}
	number, _ := value.(json.Number)
	parsed, err := number.Float64()
	return parsed, err == nil
}

// integerOf is an integer that a double holds exactly, however it is spelled: `1`, `1.0`, `1e3`.
func integerOf(value any) (int64, bool) {
	const largest = 1<<53 - 1
	if typed, ok := value.(int64); ok {
		return typed, true
	}
	number, ok := numberOf(value)
	if !ok || number != math.Trunc(number) || math.Abs(number) > largest {
		return 0, false
	}
	return int64(number), true
}

func booleanOf(value any) (is, ok bool) {
	is, ok = value.(bool)
	return is, ok
}

// stringsOf is an array of nothing but strings.
func stringsOf(value any) ([]string, bool) {
	array, ok := value.([]any)
	if !ok {
		return nil, false
	}
	texts := make([]string, len(array))
	for at, item := range array {
		if texts[at], ok = item.(string); !ok {
			return nil, false
		}
	}
	return texts, true
}

// optional is a pointer to a value, or nil.
func optional[T any](value T, ok bool) *T {
	if !ok {
		return nil
	}
	return &value
}
