// Starts one Elasticsearch node in this JVM; compiled against the server it starts, 8.x or 9.x.
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.elasticsearch.common.logging.LogConfigurator;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.env.Environment;
import org.elasticsearch.node.InternalSettingsPreparer;
import org.elasticsearch.node.Node;
import org.elasticsearch.plugins.PluginBundle;
import org.elasticsearch.plugins.PluginsLoader;

/** Arguments: NAME, then settings as KEY=VALUE. With -Downer=PID the node ends with that process. */
public final class Launcher {
  public static void main(String[] arguments) throws Exception {
    String name = arguments[0];
    Settings.Builder given = Settings.builder().put("node.name", name);
    for (int i = 1; i < arguments.length; i++) {
      String[] pair = arguments[i].split("=", 2);
      given.put(pair[0], pair[1]);
    }
    LogConfigurator.configureESLogging();
    LogConfigurator.configureWithoutConfig(given.build());
    Environment environment = InternalSettingsPreparer.prepareEnvironment(given.build(), Map.of(), null, () -> name);
    Set<PluginBundle> modules = modules(environment.configDir().resolveSibling("modules"));
    Node node = new Node(environment, PluginsLoader.createPluginsLoader(modules, Set.of(), Map.of(), false));
    Runtime.getRuntime().addShutdownHook(new Thread(() -> close(node)));
    endWith(Long.getLong("owner"));
    node.start();
    Thread.currentThread().join();
  }

  private static void endWith(Long owner) {
    if (owner == null) return;
    ProcessHandle.of(owner).ifPresentOrElse(
        process -> process.onExit().thenRun(() -> System.exit(0)),
        () -> System.exit(0));
  }

  private static void close(Node node) {
    try {
      node.close();
    } catch (Exception e) {
      e.printStackTrace();
    }
  }

  /** 8.x takes the folder alone, 9.x a flag beside it. */
  @SuppressWarnings("unchecked")
  private static Set<PluginBundle> modules(Path folder) throws IllegalAccessException, InvocationTargetException {
    for (Method method : PluginsLoader.class.getMethods()) {
      if (!method.getName().equals("loadModulesBundles")) continue;
      Object found = method.getParameterCount() == 1 ? method.invoke(null, folder) : method.invoke(null, folder, false);
      return (Set<PluginBundle>) found;
    }
    throw new IllegalStateException("no PluginsLoader.loadModulesBundles");
  }
}
