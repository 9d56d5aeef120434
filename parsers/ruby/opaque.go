package ruby

import "strings"

// opaque is the value of a call that is not evaluated, but can neither raise nor
// change what the host makes of the file: it is reported only where it comes to
// matter. Its block may run.
func (ev *Evaluator) opaque(m *Call, reason string) (Value, error) {
	u := &Unknown{span: m.span, Reason: reason, solid: true}
	return u, ev.blockInDoubt(m, u)
}

// sound tells methods of Ruby's own values that are not evaluated, and that they
// have all the same.
func sound(v Value, method string) bool {
	switch method {
	case "to_json", "to_yaml", "to_enum", "enum_for", "instance_variables", "methods", "then", "display":
		return true
	}
	switch v.(type) {
	case *String:
		switch method {
		case "unpack", "unpack1", "crypt", "encoding", "succ", "next", "hex", "oct", "sum", "dump", "byteslice", "bytesize",
			"valid_encoding?", "ascii_only?", "each_byte", "upto", "each_grapheme_cluster", "unicode_normalized?", "swapcase", "ord",
			"to_r", "to_c", "intern", "bytes", "codepoints":
			return true
		}
	case *Array, *Hash, *rangeValue, *enumerator:
		switch method {
		case "cycle", "lazy", "chunk_while", "slice_when", "chunk", "permutation", "combination", "each_entry", "step", "pack",
			"to_set", "bsearch", "repeated_permutation", "repeated_combination", "deconstruct", "compare_by_identity", "sum",
			"minmax", "minmax_by", "transpose", "first":
			return true
		}
	case int64, float64:
		switch method {
		case "fdiv", "divmod", "gcd", "lcm", "bit_length", "digits", "rationalize", "to_r", "to_c", "numerator", "denominator", "step", "pow":
			return true
		}
	}
	return false
}

// soundClass tells calls of classes that come with Ruby and Chef, and that are
// not evaluated; with known arguments they do not raise.
func soundClass(class, method string) bool {
	switch {
	case strings.HasPrefix(class, "Digest::"):
		return method == "hexdigest" || method == "digest" || method == "base64digest"
	case strings.HasPrefix(class, "OpenSSL::Digest"):
		return method == "new" || method == "hexdigest"
	}
	switch class + "." + method {
	case "JSON.generate", "JSON.pretty_generate", "JSON.dump", "YAML.dump", "Base64.encode64", "Base64.strict_encode64",
		"Base64.urlsafe_encode64", "Shellwords.escape", "Shellwords.join", "URI.encode_www_form", "URI.encode_www_form_component",
		"Regexp.new", "Regexp.escape", "Regexp.union", "OpenStruct.new", "Struct.new", "Time.at", "Time.utc", "Time.local",
		"Time.new", "Time.mktime", "Date.new", "Date.parse", "IPAddr.new", "Pathname.new", "Rational.new", "Random.new",
		"SecureRandom.hex", "SecureRandom.uuid", "SecureRandom.base64", "SecureRandom.alphanumeric", "SecureRandom.random_number",
		"SecureRandom.urlsafe_base64", "Random.rand", "Math.sqrt", "Math.log", "Math.log2", "Math.log10", "Encoding.default_external":
		return true
	}
	return false
}
