package apidef

import (
	"slices"
	"strconv"
	"strings"

	"postern/internal/aws/awserr"
)

// AllMethods is the key of the settings of every method that has none of its own.
const AllMethods = "*/*"

// The values of MethodSetting.UnauthorizedCacheControlHeaderStrategy.
const (
	FailWith403                  = "FAIL_WITH_403"
	SucceedWithResponseHeader    = "SUCCEED_WITH_RESPONSE_HEADER"
	SucceedWithoutResponseHeader = "SUCCEED_WITHOUT_RESPONSE_HEADER"
)

const maxCacheTTL = 3600

// DefaultMethodSetting is a fresh entry, before the patch that made it.
// Recorded AWS answer: UpdateStage, replace of one setting.
func DefaultMethodSetting() *MethodSetting {
	return &MethodSetting{
		ThrottlingBurstLimit: 5000, ThrottlingRateLimit: 10000, CacheTTLInSeconds: 300,
		RequireAuthorizationForCacheControl:    true,
		UnauthorizedCacheControlHeaderStrategy: SucceedWithResponseHeader,
	}
}

// MethodSetting is what a method runs under: its own entry, else that of all methods, else nil.
func (s *Stage) MethodSetting(resourcePath, verb string) *MethodSetting {
	want := strings.TrimLeft(resourcePath+"/"+verb, "/")
	for _, key := range s.methodSettingKeys() {
		if canonicalSetting(key) == want {
			return s.MethodSettings[key]
		}
	}
	return s.MethodSettings[AllMethods]
}

func (s *Stage) methodSettingKeys() []string {
	keys := make([]string, 0, len(s.MethodSettings))
	for key := range s.MethodSettings {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// canonicalSetting makes the spellings of one method's key alike: clients send its path with "~1" for "/", or plain.
func canonicalSetting(key string) string {
	return strings.TrimLeft(unescapePointer(key), "/")
}

// settingKey finds the key under which a method's entry stands, whatever spelling made it.
func (s *Stage) settingKey(key string) (string, bool) {
	if _, ok := s.MethodSettings[key]; ok {
		return key, true
	}
	for _, k := range s.methodSettingKeys() {
		if canonicalSetting(k) == canonicalSetting(key) {
			return k, true
		}
	}
	return key, false
}

// isSettingKey tells whether a key ends in a verb or "*", with a resource path before it.
func isSettingKey(key string) bool {
	cut := strings.LastIndexByte(key, '/')
	return cut >= 0 && (key[cut+1:] == "*" || slices.Contains(httpMethods, key[cut+1:]))
}

// setting is the entry that a patch changes. A new one starts as that of all methods.
// Recorded AWS answer: UpdateStage, /test/GET after /*/*.
func (s *Stage) setting(key string) *MethodSetting {
	key, there := s.settingKey(key)
	if there {
		return s.MethodSettings[key]
	}
	entry := DefaultMethodSetting()
	if all := s.MethodSettings[AllMethods]; all != nil {
		*entry = *all
	}
	if s.MethodSettings == nil {
		s.MethodSettings = make(map[string]*MethodSetting)
	}
	s.MethodSettings[key] = entry
	return entry
}

func invalidSetting(name string, legal ...string) error {
	return awserr.BadRequest.Errorf("Invalid %s specified. Valid options are %s", name, strings.Join(legal, ","))
}

// settingTail sets the member that stands behind a tail of the patch path.
type settingTail struct {
	tail string
	set  func(*MethodSetting, Change) error
}

var settingTails = []settingTail{
	{"metrics/enabled", func(m *MethodSetting, c Change) error { m.MetricsEnabled = c.Bool(); return nil }},
	{"logging/dataTrace", func(m *MethodSetting, c Change) error { m.DataTraceEnabled = c.Bool(); return nil }},
	{"logging/loglevel", func(m *MethodSetting, c Change) error {
		if !slices.Contains([]string{"OFF", "ERROR", "INFO"}, c.Value) {
			return invalidSetting("logging level", "OFF", "ERROR", "INFO")
		}
		m.LoggingLevel = c.Value
		return nil
	}},
	{"throttling/burstLimit", func(m *MethodSetting, c Change) (err error) {
		if m.ThrottlingBurstLimit, err = strconv.Atoi(c.Value); err != nil {
			return awserr.BadRequest.Errorf("Invalid throttling burst limit, must be an integer")
		}
		return nil
	}},
	{"throttling/rateLimit", func(m *MethodSetting, c Change) error {
		rate, err := strconv.ParseFloat(c.Value, 64)
		if err != nil || rate != rate || rate > 1e15 || rate < -1e15 {
			return awserr.BadRequest.Errorf("Invalid throttling rate limit, must be a number")
		}
		m.ThrottlingRateLimit = rate
		return nil
	}},
	{"caching/enabled", func(m *MethodSetting, c Change) error { m.CachingEnabled = c.Bool(); return nil }},
	{"caching/ttlInSeconds", func(m *MethodSetting, c Change) error {
		ttl, err := strconv.Atoi(c.Value)
		if err != nil || ttl < 0 || ttl > maxCacheTTL {
			return awserr.BadRequest.Errorf("Invalid time-to-live setting, must be an integer no greater than %d", maxCacheTTL)
		}
		m.CacheTTLInSeconds = ttl
		return nil
	}},
	{"caching/dataEncrypted", func(m *MethodSetting, c Change) error { m.CacheDataEncrypted = c.Bool(); return nil }},
	{"caching/requireAuthorizationForCacheControl", func(m *MethodSetting, c Change) error {
		m.RequireAuthorizationForCacheControl = c.Bool()
		return nil
	}},
	{"caching/unauthorizedCacheControlHeaderStrategy", func(m *MethodSetting, c Change) error {
		legal := []string{FailWith403, SucceedWithResponseHeader, SucceedWithoutResponseHeader}
		if !slices.Contains(legal, c.Value) {
			return invalidSetting("unauthorized cache control header strategy", legal...)
		}
		m.UnauthorizedCacheControlHeaderStrategy = c.Value
		return nil
	}},
}
