{#- formgrader's page of an assignment's submissions, with a button for the whole class in place of
    the commands to type. -#}
{%- extends 'nbgrader/manage_submissions.tpl' -%}

{%- block messages -%}
<section class="panel panel-default" aria-labelledby="class-grading-title">
  <div class="panel-body">
    <h2 id="class-grading-title" class="h4">The whole class</h2>
    <p>Submissions are graded in parallel, each apart from the others; marks given by hand are kept.
      The icons below grade one submission.</p>
    <button type="button" id="grade-class" class="btn btn-primary">Grade the class</button>
    <label class="checkbox-inline">
      <input type="checkbox" id="grade-class-again"> those already graded, too
    </label>
    <p role="status" id="class-grading-now"></p>
    <progress id="class-grading-progress" hidden aria-label="Submissions graded"></progress>
    <pre id="class-grading-log" class="pre-scrollable" tabindex="0" hidden></pre>
  </div>
</section>
<script>
$(function () {
    var address = base_url + "/formgrader/api/class/" + encodeURIComponent(assignment_id) + "/autograde";
    var running = false;

    function said(run) {
        if (run.state === "running") {
            return run.total ? run.done + " of " + run.total + " submissions graded…" : "Starting…";
        }
        if (run.code === 0) return "All submissions are graded.";
        if (run.code === 1) return "Graded, but for the submissions that the log names.";
        return "Grading has stopped: the log says why.";
    }

    function show(run) {
        if (run.state === "none") return;
        var progress = document.getElementById("class-grading-progress");
        progress.hidden = run.state !== "running" || !run.total;
        progress.max = run.total || 1;
        progress.value = run.done;
        $("#class-grading-now").text(said(run));
        $("#class-grading-log").prop("hidden", false).text(run.lines.join("\n"));
        $("#grade-class").prop("disabled", run.state === "running");
        if (run.state === "running") {
            running = true;
            window.setTimeout(look, 1000);
        } else if (running) {
            running = false;
            models.each(function (submission) { submission.fetch(); });
        }
    }

    function look() {
        // JupyterHub asks of every request by a script what Jupyter asks of those that change something.
        var known = { "X-CSRFToken": getCookie("_xsrf") };
        $.ajax({ url: address, dataType: "json", headers: known }).done(show).fail(function () {
            // A server that is being restarted; the run itself goes on.
            $("#class-grading-now").text("The server does not answer; trying again…");
            window.setTimeout(look, 3000);
        });
    }

    $("#grade-class").click(function () {
        $.ajax({
            type: "POST",
            url: address,
            contentType: "application/json",
            dataType: "json",
            data: JSON.stringify({ force: $("#grade-class-again").prop("checked") })
        }).done(show).fail(function (response) {
            $("#class-grading-now").text(
                response.status === 409 ? "A class is being graded already." : "Grading did not start.");
        });
    });

    look();
});
</script>
{%- endblock -%}
