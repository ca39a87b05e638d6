import com.jayway.jsonpath.Configuration;
import com.jayway.jsonpath.DocumentContext;
import com.jayway.jsonpath.JsonPath;
import com.jayway.jsonpath.PathNotFoundException;
import java.io.StringReader;
import java.io.StringWriter;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import net.minidev.json.JSONStyle;
import net.minidev.json.JSONValue;
import org.apache.commons.lang.StringEscapeUtils;
import org.apache.velocity.Template;
import org.apache.velocity.VelocityContext;
import org.apache.velocity.runtime.RuntimeInstance;
import org.apache.velocity.runtime.log.NullLogChute;

/**
 * Prints for each case the median of the microseconds of thread CPU that Apache Velocity 1.7 takes to render it on a
 * warm JVM: template parsed once, body parsed for every render and read by JsonPath, output a new String. Usage: Bench
 * CASES_DIR.
 */
public final class Bench {
  private static final Configuration CONF = Configuration.defaultConfiguration();
  private static final int ROUNDS = 7;

  /** The $input variable, parsing the body when first asked. */
  public static final class Input {
    private final String body;
    private final Map<String, Map<String, Object>> params;
    private DocumentContext parsed;

    Input(String body, Map<String, Map<String, Object>> params) {
      this.body = body;
      this.params = params;
    }

    public String getBody() {
      return body;
    }

    public Object path(String path) {
      if (parsed == null) {
        parsed = JsonPath.using(CONF).parse(body);
      }
      try {
        return parsed.read(path);
      } catch (PathNotFoundException e) {
        return null;
      }
    }

    public String json(String path) {
      return JSONValue.toJSONString(path(path), JSONStyle.NO_COMPRESS);
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

    public String urlEncode(String s) throws Exception {
      return URLEncoder.encode(s, "UTF-8");
    }

    public String base64Encode(String s) {
      return Base64.getEncoder().encodeToString(s.getBytes(StandardCharsets.UTF_8));
    }
  }

  private final Template template = new Template();
  private final String body;
  private final Map<String, Map<String, Object>> params;
  private final Map<String, Object> context;
  private final Map<String, Object> stageVariables;
  private final Util util = new Util();

  @SuppressWarnings({"unchecked", "rawtypes"})
  private Bench(RuntimeInstance runtime, Path dir, String name) throws Exception {
    template.setRuntimeServices(runtime);
    template.setName(name);
    template.setData(runtime.parse(new StringReader(Files.readString(dir.resolve(name + ".vtl"))), name));
    template.initDocument();
    Map<String, Object> req = (Map) JsonPath.using(CONF).parse(Files.readString(dir.resolve(name + ".json"))).read("$");
    body = (String) req.get("body");
    params = (Map) req.get("params");
    context = (Map) req.get("context");
    stageVariables = (Map) req.get("stageVariables");
  }

  private int render() throws Exception {
    VelocityContext vc = new VelocityContext();
    vc.put("input", new Input(body, params));
    vc.put("util", util);
    vc.put("context", context);
    vc.put("stageVariables", stageVariables);
    StringWriter w = new StringWriter(1024);
    template.merge(vc, w);
    return w.toString().length();
  }

  private long render(int n) throws Exception {
    long sum = 0;
    for (int i = 0; i < n; i++) {
      sum += render();
    }
    return sum;
  }

  public static void main(String[] args) throws Exception {
    RuntimeInstance runtime = new RuntimeInstance();
    runtime.setProperty("runtime.log.logsystem", new NullLogChute());
    runtime.setProperty("directive.foreach.maxloops", "1000");
    runtime.setProperty("velocimacro.permissions.allow.inline.local.scope", "true");
    runtime.setProperty("velocimacro.permissions.allow.inline.to.replace.global", "true");
    runtime.setProperty("runtime.introspector.uberspect", "org.apache.velocity.util.introspection.SecureUberspector");
    runtime.init();
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    String[] names = {"small", "medium", "large"};
    int[] renders = {200_000, 40_000, 15_000};
    for (int c = 0; c < names.length; c++) {
      Bench b = new Bench(runtime, Path.of(args[0]), names[c]);
      int n = renders[c];
      long sink = b.render(n);
      double[] cpu = new double[ROUNDS];
      for (int r = 0; r < ROUNDS; r++) {
        long start = threads.getCurrentThreadCpuTime();
        sink += b.render(n);
        cpu[r] = (threads.getCurrentThreadCpuTime() - start) / 1e3 / n;
      }
      Arrays.sort(cpu);
      System.out.println(names[c] + " " + cpu[ROUNDS / 2] + (sink == 42 ? " " : ""));
    }
  }
}
