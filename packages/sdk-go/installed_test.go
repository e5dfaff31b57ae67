package hooks_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// manifest is the part of language.json that says what a user gets.
type manifest struct {
	SDKs []struct {
		Files    []struct{ From, To string }
		Template struct {
			Build [][]string
			Run   []string
		}
	}
}

// user is somebody who has installed the SDK.
type user struct {
	home, hooks string
	env         []string
	manifest    manifest
}

// newUser installs what the manifest says, nothing else, in a home of its own. Nothing can be fetched there.
func newUser(t *testing.T) *user {
	t.Helper()
	home := t.TempDir()
	u := &user{home: home, hooks: filepath.Join(home, ".codex", "hooks")}
	text, err := os.ReadFile("language.json")
	must(err)
	must(json.Unmarshal(text, &u.manifest))
	for _, file := range u.manifest.SDKs[0].Files {
		to := filepath.Join(u.hooks, filepath.FromSlash(file.To))
		must(os.MkdirAll(filepath.Dir(to), 0o700))
		text, err := os.ReadFile(file.From)
		must(err)
		must(os.WriteFile(to, text, 0o600))
	}
	cache, err := exec.Command("go", "env", "GOCACHE").Output()
	must(err)
	for _, entry := range os.Environ() {
		if !strings.HasPrefix(entry, "CODEX_") && !strings.HasPrefix(entry, "XCODEX_") && !strings.HasPrefix(entry, "GO") {
			u.env = append(u.env, entry)
		}
	}
	u.env = append(u.env, "HOME="+home, "GOCACHE="+strings.TrimSpace(string(cache)), "GOPROXY=off", "GOFLAGS=-buildvcs=false",
		"GOTOOLCHAIN=local")
	return u
}

// run runs a command of the user, and returns what it says.
func (u *user) run(t *testing.T, folder, stdin string, argv ...string) (said string) {
	t.Helper()
	cmd := exec.CommandContext(patience(t), argv[0], argv[1:]...)
	cmd.Dir, cmd.Env, cmd.Stdin = folder, u.env, strings.NewReader(stdin)
	output, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %v\n%s", argv, err, output)
	}
	return string(output)
}

func (u *user) inHooks(argv []string) []string {
	var located []string
	for _, word := range argv {
		located = append(located, strings.ReplaceAll(word, "{{hooks}}", u.hooks))
	}
	return located
}

func TestInstalledReadmeWorksAsItSays(t *testing.T) {
	u := newUser(t)
	folder := t.TempDir()
	readme, err := os.ReadFile(filepath.Join(u.hooks, "sdk", "go", "README.md"))
	must(err)
	fences := regexp.MustCompile("(?ms)^```(go|json|console) ?(\\S*)\n(.*?)^```$").FindAllStringSubmatch(string(readme), -1)
	for _, fence := range fences {
		if path := fence[2]; path != "" {
			file := filepath.Join(folder, path)
			must(os.MkdirAll(filepath.Dir(file), 0o700))
			must(os.WriteFile(file, []byte(fence[3]), 0o600))
		}
	}
	consoles := 0
	for _, fence := range fences {
		if fence[1] == "console" {
			consoles++
			u.mustSay(t, folder, fence[3])
		}
	}
	if consoles != 4 || len(fences) != 8 {
		t.Errorf("there were %d consoles in %d fences", consoles, len(fences))
	}
	u.run(t, folder, "", "go", "mod", "tidy")
	u.run(t, folder, "", "go", "vet", "./...")
	if said := u.run(t, folder, "", "gofmt", "-l", "."); said != "" {
		t.Errorf("not formatted: %s", said)
	}
	said := u.run(t, folder, `{"hook_event_name":"UserPromptSubmit","session_id":"s","cwd":"/","prompt":"hello"}`, "go", "run", "./describe")
	if said != "hello\n" {
		t.Error(said)
	}
}

// mustSay runs the commands of a console and compares what is said with what stands below each.
func (u *user) mustSay(t *testing.T, folder, console string) {
	t.Helper()
	for _, entry := range strings.Split("\n"+console, "\n$ ")[1:] {
		command, output, _ := strings.Cut(entry, "\n")
		if said := u.run(t, folder, "", "sh", "-c", command); strings.TrimSpace(said) != strings.TrimSpace(output) {
			t.Errorf("%s\nsays\n%s\nand not\n%s", command, said, output)
		}
	}
}

func TestInstalledTemplateIsAHookOfOneEventAndAHost(t *testing.T) {
	u := newUser(t)
	template := u.manifest.SDKs[0].Template
	folder := filepath.Join(u.hooks, "templates", "go")
	for _, argv := range template.Build {
		u.run(t, u.home, "", u.inHooks(argv)...)
	}
	u.run(t, folder, "", "go", "vet", ".")
	finished := strings.Replace(line(7, "exec_command"), "PreToolUse", "PostToolUse", 1)
	event := `{"hook_event_name":"PostToolUse","session_id":"s","cwd":"/","tool_name":"exec_command","duration_ms":12,"new":[1.50]}`
	if said := u.run(t, u.home, event, u.inHooks(template.Run)...); said != "tool-call-finished: exec_command took 12 ms\n" {
		t.Error(said)
	}
	if said := u.run(t, u.home, finished+line(8, "x"), u.inHooks(template.Run)...); said != "tool-call-finished: exec_command took an unknown time\n" {
		t.Error(said)
	}
	path := filepath.Join(u.home, ".codex", "hooks.jsonl")
	info, err := os.Stat(path)
	must(err)
	if info.Mode().Perm() != 0o600 {
		t.Error(info.Mode())
	}
	text, err := os.ReadFile(path)
	must(err)
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	if len(lines) != 3 {
		t.Fatal(lines)
	}
	equal(t, json.RawMessage(lines[0]), json.RawMessage(`{"cwd":"/","duration_ms":12,"event_id":"","extra":{"new":[1.50]},`+
		`"hook_event_name":"PostToolUse","permission_mode":"default","schema_version":1,"session_id":"s","timestamp":"",`+
		`"tool_alias":"Bash","tool_name":"exec_command","transcript_path":"","xcodex_event_type":"tool-call-finished"}`))
	readme, err := os.ReadFile(filepath.Join(folder, "README.md"))
	must(err)
	consoles := regexp.MustCompile("(?ms)^```console\n(.*?)^```$").FindAllStringSubmatch(string(readme), -1)
	if len(consoles) != 1 {
		t.Fatal(consoles)
	}
	u.mustSay(t, folder, consoles[0][1])
}
