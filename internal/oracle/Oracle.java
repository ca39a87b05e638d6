import com.jayway.jsonpath.Configuration;
import com.jayway.jsonpath.JsonPath;
import com.jayway.jsonpath.PathNotFoundException;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.minidev.json.JSONArray;
import net.minidev.json.JSONObject;
import net.minidev.json.JSONStyle;
import net.minidev.json.JSONValue;
import org.apache.commons.lang.StringEscapeUtils;
import org.apache.velocity.VelocityContext;
import org.apache.velocity.app.VelocityEngine;
import org.apache.velocity.app.event.InvalidReferenceEventHandler;
import org.apache.velocity.context.Context;
import org.apache.velocity.runtime.log.NullLogChute;
import org.apache.velocity.util.introspection.Info;

/**
 * Renders mapping templates with the engines that Amazon API Gateway is built on: Apache Velocity 1.7
 * and Jayway JsonPath over json-smart. One JSON object a line on standard input, one a line on standard
 * output, so that another implementation can be compared with it case by case.
 *
 * <p>Request: {"template", "body", "params": {"path", "querystring", "header"}, "context",
 * "stageVariables", "rules"} (all but template optional), or {"jsonpath", "body"} to read one path; with
 * "typed": true the value is answered by {@link #describe} and a path that is not found is an error. With "regex"
 * and "flags" the answer is what {@link #search} finds in the body.
 * With "rules": "aws" a reference that resolves to null is the empty string, as recorded answers of
 * Amazon API Gateway show, $input.json of nothing is "" in quotes, and an empty body reads as {};
 * otherwise the engines are as they come.
 * Answer: {"output", "context"} or {"error"}.
 */
public final class Oracle {
  private static final Configuration ORDERED = Configuration.defaultConfiguration();

  /** Makes references that resolve to null the empty string. */
  public static final class NullIsEmpty implements InvalidReferenceEventHandler {
    @Override
    public Object invalidGetMethod(Context c, String ref, Object o, String property, Info i) {
      return "";
    }

    @Override
    public boolean invalidSetMethod(Context c, String left, String right, Info i) {
      return false;
    }

    @Override
    public Object invalidMethod(Context c, String ref, Object o, String method, Info i) {
      return "";
    }
  }

  private static VelocityEngine newEngine(boolean awsRules) {
    VelocityEngine engine = new VelocityEngine();
    engine.setProperty("runtime.log.logsystem", new NullLogChute());
    engine.setProperty("directive.foreach.maxloops", "1000");
    engine.setProperty("velocimacro.permissions.allow.inline.local.scope", "true");
    engine.setProperty("velocimacro.permissions.allow.inline.to.replace.global", "true");
    engine.setProperty(
        "runtime.introspector.uberspect",
        "org.apache.velocity.util.introspection.SecureUberspector");
    if (awsRules) {
      engine.setProperty("eventhandler.invalidreferences.class", NullIsEmpty.class.getName());
    }
    engine.init();
    return engine;
  }

  /** The $input variable. */
  public static final class Input {
    private final String body;
    private final Map<String, Map<String, Object>> params;
    private final boolean awsRules;

    Input(String body, Map<String, Map<String, Object>> params, boolean awsRules) {
      this.body = body;
      this.params = params;
      this.awsRules = awsRules;
    }

    public String getBody() {
      return body;
    }

    public Object path(String path) {
      try {
        return JsonPath.using(ORDERED).parse(body).read(path);
      } catch (PathNotFoundException e) {
        return null;
      }
    }

    public String json(String path) {
      Object value = path(path);
      return value == null && awsRules ? "\"\"" : toJson(value);
    }

    public Map<String, Map<String, Object>> params() {
      return params;
    }

    public Object params(String name) {
      for (String in : new String[] {"path", "querystring", "header"}) {
        Map<String, Object> m = params.get(in);
        if (m != null && m.get(name) != null) {
          return m.get(name);
        }
      }
      return "";
    }
  }

  /** The $util variable. */
  public static final class Util {
    public String escapeJavaScript(String s) {
      return StringEscapeUtils.escapeJavaScript(s);
    }

    public Object parseJson(String s) {
      return JsonPath.using(ORDERED).parse(s).read("$");
    }

    public String urlEncode(String s) throws Exception {
      return URLEncoder.encode(s, "UTF-8");
    }

    public String urlDecode(String s) throws Exception {
      return URLDecoder.decode(s, "UTF-8");
    }

    public String base64Encode(String s) {
      return Base64.getEncoder().encodeToString(s.getBytes(StandardCharsets.UTF_8));
    }

    public String base64Decode(String s) {
      return new String(Base64.getDecoder().decode(s), StandardCharsets.UTF_8);
    }
  }

  static String toJson(Object value) {
    return JSONValue.toJSONString(value, JSONStyle.LT_COMPRESS);
  }

  /**
   * The value with its Java classes, in ASCII: i1, l1, d1.0, I1 (BigInteger), D1.0 (BigDecimal), "text", true,
   * null, {"k":v}, [v] (JSONArray), (v) (another list).
   */
  static void describe(Object v, StringBuilder to) {
    if (v == null || v instanceof Boolean) {
      to.append(v);
    } else if (v instanceof Integer) {
      to.append('i').append(v);
    } else if (v instanceof Long) {
      to.append('l').append(v);
    } else if (v instanceof Double) {
      to.append('d').append(v);
    } else if (v instanceof BigInteger) {
      to.append('I').append(v);
    } else if (v instanceof BigDecimal) {
      to.append('D').append(v);
    } else if (v instanceof String) {
      quote((String) v, to);
    } else if (v instanceof Map) {
      to.append('{');
      String comma = "";
      for (Map.Entry<?, ?> e : ((Map<?, ?>) v).entrySet()) {
        to.append(comma);
        quote((String) e.getKey(), to);
        to.append(':');
        describe(e.getValue(), to);
        comma = ",";
      }
      to.append('}');
    } else if (v instanceof List) {
      boolean json = v instanceof JSONArray;
      to.append(json ? '[' : '(');
      String comma = "";
      for (Object item : (List<?>) v) {
        to.append(comma);
        describe(item, to);
        comma = ",";
      }
      to.append(json ? ']' : ')');
    } else {
      to.append(v.getClass().getName()).append(':').append(v);
    }
  }

  /** Whether text matches, where its matches and their groups are, and what it is split into. */
  static String search(String regex, int flags, String text) {
    Pattern pattern = Pattern.compile(regex, flags);
    Matcher m = pattern.matcher(text);
    StringBuilder to = new StringBuilder().append(m.matches());
    m.reset();
    for (int n = 0; n < 20 && m.find(); n++) {
      to.append(' ').append(m.start());
      for (int group = 0; group <= m.groupCount(); group++) {
        to.append(',');
        describe(m.group(group), to);
      }
    }
    to.append(" |");
    for (String part : pattern.split(text)) {
      quote(part, to.append(' '));
    }
    return to.toString();
  }

  private static void quote(String s, StringBuilder to) {
    to.append('"');
    for (char c : s.toCharArray()) {
      if (c >= ' ' && c <= '~' && c != '"' && c != '\\') {
        to.append(c);
      } else {
        to.append(String.format("\\u%04x", (int) c));
      }
    }
    to.append('"');
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> mapOf(Map<String, Object> in, String key) {
    Object v = in.get(key);
    return v == null ? new LinkedHashMap<String, Object>() : (Map<String, Object>) v;
  }

  /** The answer as JSON; without a context that cannot be written, as one with a key that is null. */
  private static String toLine(Map<String, Object> answer) {
    try {
      return JSONValue.toJSONString(answer);
    } catch (RuntimeException e) {
      answer.remove("context");
      return JSONValue.toJSONString(answer);
    }
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  public static void main(String[] args) throws Exception {
    VelocityEngine stock = newEngine(false);
    VelocityEngine aws = newEngine(true);

    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    PrintStream out = new PrintStream(System.out, true, "UTF-8");
    long n = 0;
    for (String line; (line = in.readLine()) != null; n++) {
      Map<String, Object> answer = new LinkedHashMap<>();
      try {
        Map<String, Object> req = (Map) JsonPath.using(ORDERED).parse(line).read("$");
        boolean awsRules = "aws".equals(req.get("rules"));
        String body = (String) req.get("body");
        if (awsRules && (body == null || body.isEmpty())) {
          body = "{}";
        }
        Input input = new Input(body, (Map) mapOf(req, "params"), awsRules);
        if (req.get("regex") != null) {
          answer.put(
              "output", search((String) req.get("regex"), (Integer) req.get("flags"), body));
        } else if (Boolean.TRUE.equals(req.get("typed"))) {
          StringBuilder typed = new StringBuilder();
          describe(
              JsonPath.using(ORDERED).parse(body).read((String) req.get("jsonpath")), typed);
          answer.put("output", typed.toString());
        } else if (req.get("jsonpath") != null) {
          answer.put("output", input.json((String) req.get("jsonpath")));
        } else {
          Map<String, Object> context = mapOf(req, "context");
          VelocityContext vc = new VelocityContext();
          vc.put("input", input);
          vc.put("util", new Util());
          vc.put("context", context);
          vc.put("stageVariables", mapOf(req, "stageVariables"));
          StringWriter w = new StringWriter();
          // A tag of its own a case keeps inline macros of one template out of the next.
          (awsRules ? aws : stock).evaluate(vc, w, "case" + n, (String) req.get("template"));
          answer.put("output", w.toString());
          answer.put("context", context);
        }
      } catch (Throwable e) {
        answer.clear();
        answer.put("error", e.getClass().getSimpleName() + ": " + e.getMessage());
      }
      out.println(toLine(answer));
    }
  }
}
