package analyse

import (
	"strings"
	"testing"
)

func TestScrubReplacesSecrets(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"password=CANARY", "password=[redacted]"},
		{"DB_PASSWORD=CA,NA&RY; next", "DB_PASSWORD=[redacted] next"},
		{"password: CANARY", "password: [redacted]"},
		{"passwd :CANARY", "passwd :[redacted]"},
		{`"password":"CANARY","user":"web"`, `"password":[redacted],"user":"web"`},
		{`{"secret": 12345, "user": "web"}`, `{"secret": [redacted], "user": "web"}`},
		{`"password":"CA\"NA\"RY","user":"web"`, `"password":[redacted],"user":"web"`},
		{`{\"password\":\"CANARY\",\"user\":\"web\"}`, `{\"password\":[redacted],\"user\":\"web\"}`},
		{`\"password\":\"CA\\\"NARY\",\"user\"`, `\"password\":[redacted],\"user\"`},
		{`:api_key=>"CANARY", :user=>"web"`, `:api_key=>[redacted], :user=>"web"`},
		{`"tokens": ["CANARY", "CANARY"], "user"`, `"tokens": [redacted], "user"`},
		{`secrets: [["CANARY"], {a: "CANARY"}], user`, `secrets: [redacted], user`},
		{`"tokens": ["CANARY"`, `"tokens": [redacted]`},
		{`password "CANARY"`, `password [redacted]`},
		{"password 'CANARY\nnext line", "password [redacted]\nnext line"},
		{`auth_token('CANARY')`, `auth_token([redacted])`},
		{"apiKey=CANARY", "apiKey=[redacted]"},
		{"API key: CANARY", "API key: [redacted]"},
		{"X-Api-Key: CANARY", "X-Api-Key: [redacted]"},
		{"aws_secret_access_key = CANARY", "aws_secret_access_key = [redacted]"},
		{"client_secret=CANARY&page=2", "client_secret=[redacted]"},
		{"--password CANARY --user web", "--password [redacted] --user web"},
		{"--db-pass=CANARY --user web", "--db-pass=[redacted] --user web"},
		{"-passin pass:CANARY", "-passin [redacted]"},
		{"user=web pass=CANARY", "user=web pass=[redacted]"},
		{"pass\x1b[0mword=CANARY", "password=[redacted]"},
		{"pass\x00word=CANARY", "password=[redacted]"},
		{"pass\u200bword=CANARY", "password=[redacted]"},
		{"CREATE USER a IDENTIFIED BY 'CANARY'", "CREATE USER a IDENTIFIED BY [redacted]"},
		{"Authorization: Basic CANARY==", "Authorization: [redacted]"},
		{`curl -H "Authorization: token CANARY" http://x`, `curl -H "Authorization: [redacted]" http://x`},
		{`"Authorization"=>"Bearer CANARY"`, `"Authorization"=>[redacted]`},
		{"sent Bearer CANARY1.x-y", "sent Bearer [redacted]"},
		{"Set-Cookie: sid=CANARY; HttpOnly", "Set-Cookie: [redacted]"},
		{"https://user:CANARY@host/path", "https://redacted@host/path"},
		{"postgres://u:CA/NA#RY@db:5432/x", "postgres://redacted@db:5432/x"},
		{"redis://:CANARY@cache", "redis://redacted@cache"},
		{"https://CANARY@github.com/a/b", "https://redacted@github.com/a/b"},
		{"https://h/x?token=CANARY&page=2", "https://h/x?token=[redacted]"},
		{"https://h/x?page=2&sig=CANARY", "https://h/x?page=2&sig=[redacted]"},
		{"AKIAIOSFODNN7EXAMPLE", "[redacted]"},
		{"<db:password enc='no'>CANARY</db:password><user>bob</user>", "<db:password enc='no'>[redacted]</db:password><user>bob</user>"},
		{"eyJhbGciOi.eyJzdWIiOi.abc_def", "[redacted]"},
		{"ghp_" + strings.Repeat("a", 36), "[redacted]"},
		{"usermod -p '$6$salt$CANARYCANARY' web", "usermod -p '[redacted]' web"},
		{"mysql -u root -pCANARY -e x", "mysql -u root -p[redacted] -e x"},
		{"mysqldump -p'CA NARY' db", "mysqldump -p[redacted] db"},
		{"sshpass -p CANARY ssh h", "sshpass -p [redacted] ssh h"},
		{"curl -s -u web:CANARY http://x", "curl -s -u [redacted] http://x"},
		{"ldapsearch -p 389 -w CANARY", "ldapsearch -p 389 -w [redacted]"},
		{"a\n-----BEGIN RSA PRIVATE KEY-----\nCANARY\nCANARY\n-----END RSA PRIVATE KEY-----\nb", "a\n[private key]\nb"},
		{"-----BEGIN OPENSSH PRIVATE KEY-----\nCANARY\ncut off", "[private key]"},
		{"CANARY\nCANARY==\n-----END PRIVATE KEY-----\nb", "[private key]\nb"},
		{`"-----BEGIN EC PRIVATE KEY-----\nCANARY\n-----END EC PRIVATE KEY-----\n"`, `"[private key]\n"`},
	} {
		got := Scrub(c.in)
		if got != c.want {
			t.Errorf("Scrub(%q)\n got %q\nwant %q", c.in, got, c.want)
		}
		if strings.Contains(got, "CANARY") {
			t.Errorf("Scrub(%q) = %q: the secret is left", c.in, got)
		}
		if again := Scrub(got); again != got {
			t.Errorf("scrubbed again, %q is %q", got, again)
		}
	}
}

// What a person needs in order to repair a node must survive.
func TestScrubKeepsWhatTracesNeed(t *testing.T) {
	for _, text := range []string{
		"Expected process to exit with [0], but received '42'",
		"undefined method `undefined_thing_here' for cookbook: bad_compile, recipe: default :Chef::Recipe",
		"undefined method `password=' for nil:NilClass",
		"undefined method 'token=' for an instance of Foo",
		"Chef::Exceptions::MissingRole: The expanded run list includes nonexistent roles: ghost",
		"Connection refused connecting to https://127.0.0.1:1/organizations/acme/nodes/web-01, giving up",
		"Failed to open TCP connection to 127.0.0.1:1 (Connection refused - connect(2) for \"127.0.0.1\" port 1)",
		"/opt/chef/embedded/lib/ruby/gems/3.1.0/gems/mixlib-shellout/lib/mixlib/shellout.rb:308:in `invalid!'",
		"/opt/chef/embedded/lib/ruby/gems/3.1.0/gems/chef-18.10.107/lib/chef/http.rb:452:in `rescue in retrying_http_errors'",
		"/var/chef/cache/cookbooks/vault/libraries/secret_token.rb:5:in `fetch_password'",
		"(eval):2:in `block in action_run'",
		"recipe[secrets::default] and Vault::Token::Expired",
		"NameError: uninitialized constant Chef::Secret::Store",
		"syntax error near unexpected token `fi'",
		"unexpected token 'end'",
		"the password is wrong, the token expired",
		"Bearer authentication failed",
		"password_file=/etc/app/password",
		"PWD=/srv/app",
		"No such file or directory @ rb_sysopen - /etc/secret",
		"The following signatures couldn't be verified: NO_PUBKEY 3B4FE6ACC0B21F32",
		"E: Unable to locate package nginx-mor | exit 100, 50% done",
		"mysql -u root -e 'select 1'; ssh -p 22 host",
		"expected </token> to close <tokens>",
	} {
		if got := Scrub(text); got != text {
			t.Errorf("Scrub(%q) = %q", text, got)
		}
	}
}
