package contestants

import (
	"strconv"
	"time"

	"github.com/ratebench/ratebench/connector"
	"github.com/ratebench/ratebench/internal/units"
)

// behaviourParams are what a Connector does above its stack. All Connectors have them all, so that one can be turned into the other step by step
// and each step be measured.
func behaviourParams(def connector.Behaviour) []Param {
	count := func(name string, def int, help string, search Range) Param {
		return Param{Name: name, Type: TypeCount, Default: strconv.Itoa(def), Help: help, Search: search}
	}
	span := func(name string, def time.Duration, help string, search Range) Param {
		return Param{Name: name, Type: TypeDuration, Default: units.Duration(def).String(), Help: help, Search: search}
	}
	flag := func(name string, def bool, help string) Param {
		return Param{Name: name, Type: TypeBool, Default: strconv.FormatBool(def), Help: help}
	}
	return []Param{
		count("part_attempts", def.PartAttempts, "The stack is not asked for a part again, with a fresh URL, once so many attempts have been made, its own counted, over all passes. 0 and 1: it is asked once in each pass.", searchUnbound),
		span("part_pause", def.PartPause, "Wait after the stack has given a part up once; doubled each time, with full jitter.", searchPause),
		flag("wait_for_others", def.WaitForOthers, "The parts in flight end when one has failed for good."),
		flag("check_etag", def.CheckETag, "A part that S3 got damaged, as its ETag says, is sent again. Without, the whole file is, once the completion is refused."),
		flag("resume", def.Resume, "A file goes on where its parts stopped, in place of beginning again."),
		count("file_passes", def.FilePasses, "How often a file that failed is taken up again. With resume and part_attempts: only if its upload is gone.", Range{}),
		span("file_pause", def.FilePause, "Wait before that.", Range{}),
		flag("careful_create", def.CarefulCreate, "When the answer to a creation is lost, it looks into the box before it asks again."),
		count("create_rounds", def.CreateRounds, "How often it asks again where too many uploads are open.", Range{}),
		span("create_pause", def.CreatePause, "Wait before that; doubled each time, at most 6 min.", Range{}),
		flag("create_jitter", def.CreateJitter, "Draws that wait from its half up to the whole, and never less than the service asks for."),
		flag("renew_on_401", def.RenewOn401, "A token that is refused with 401 or 403 is renewed once. Without, only for the URL of a part, or a download, and after 403."),
		flag("keep_package", def.KeepPackage, "The work package is asked for once, and not before every call to the Upload Controller."),
		span("token_life", def.TokenLife, "How long a token is used. 0s: until shortly before it runs out.", Range{}),
		span("url_life", def.URLLife, "How long the URL of a download is used. 0s: as long as the service says.", Range{}),
		span("call_interval", def.CallInterval, "Least time between two calls to the Upload Controller, retries of the stack apart. 0s: none.", searchPause),
		span("max_wait_time", def.MaxStaging, "How long a file may take until it is staged.", Range{}),
	}
}

// connectorBehaviour is what the parameters say.
func connectorBehaviour(v values) connector.Behaviour {
	return connector.Behaviour{
		PartAttempts: v.count("part_attempts"), PartPause: v.duration("part_pause"), WaitForOthers: v.flag("wait_for_others"),
		CheckETag: v.flag("check_etag"), Resume: v.flag("resume"), FilePasses: v.count("file_passes"), FilePause: v.duration("file_pause"),
		CarefulCreate: v.flag("careful_create"), CreateRounds: v.count("create_rounds"), CreatePause: v.duration("create_pause"),
		CreateJitter: v.flag("create_jitter"),
		RenewOn401:   v.flag("renew_on_401"), KeepPackage: v.flag("keep_package"),
		TokenLife: v.duration("token_life"), URLLife: v.duration("url_life"), CallInterval: v.duration("call_interval"),
		MaxStaging: v.duration("max_wait_time"),
	}
}
