;;; emacs-server.el --- Run by emacs-server.sh: what Eglot shows by `dialform server' -*- lexical-binding: t; -*-

(require 'cl-lib)
(require 'ert)
(require 'eglot)
(require 'dialform)

(defvar dialform-test-project (getenv "DIALFORM_TEST_PROJECT"))
(setq eglot-sync-connect 20
      eglot-confirm-server-initiated-edits nil
      flymake-no-changes-timeout 0.05)

(defun dialform-test-visit (path)
  "Visit a file of the project."
  (find-file-noselect (expand-file-name path dialform-test-project)))

(defun dialform-test-found ()
  "What Flymake shows: the text underlined, the severity, the words."
  (mapcar (lambda (diagnostic)
            (list (buffer-substring-no-properties (flymake-diagnostic-beg diagnostic)
                                                  (flymake-diagnostic-end diagnostic))
                  (replace-regexp-in-string "\\(.\\|\n\\)*?\\(a campaign has no `[a-z]+`\\|no scenario is called `[a-z]+`\\)\\(.\\|\n\\)*" "\\2"
                                            (flymake-diagnostic-text diagnostic))))
          (sort (flymake-diagnostics)
                (lambda (a b) (< (flymake-diagnostic-beg a) (flymake-diagnostic-beg b))))))

(defun dialform-test-reaches (wanted)
  "Wait until WANTED is what is shown."
  ;; Nobody is idle in batch mode, which is when Eglot tells of changes.
  (eglot--signal-textDocument/didChange)
  (flymake-start)
  (let ((deadline (+ (float-time) 20)))
    (while (and (< (float-time) deadline) (not (equal (dialform-test-found) wanted)))
      (accept-process-output nil 0.02)))
  (should (equal (dialform-test-found) wanted)))

(defun dialform-test-line (words)
  "Write WORDS in the place of the line that `name' begins."
  (goto-char (point-min))
  (re-search-forward "^    name .*$")
  (replace-match words t t))

(ert-deftest dialform-test-eglot ()
  (with-current-buffer (dialform-test-visit "campaigns/one.kdl")
    (should (eq major-mode 'dialform-mode))
    (call-interactively #'eglot)
    (should (eglot-managed-p))
    (dialform-test-reaches nil)
    ;; Not saved; Cyrillic letters and one outside the Basic Multilingual Plane before the mistake in its line.
    (dialform-test-line "    name \"Весна\"; comment \"Первая 😀\"; pase \"1/s\"")
    (dialform-test-reaches '(("pase" "a campaign has no `pase`")))
    ;; The action that is offered for it.
    (search-backward "pase")
    (let* ((actions (eglot-code-actions (point) (+ (point) 4) "quickfix"))
           (wanted (seq-find (lambda (action) (string-prefix-p "Replace `pase` with `pace`" (plist-get action :title)))
                             (append actions nil))))
      (should wanted)
      (eglot--apply-workspace-edit (plist-get wanted :edit)))
    (should (equal (buffer-substring-no-properties (line-beginning-position) (line-end-position))
                   "    name \"Весна\"; comment \"Первая 😀\"; pace \"1/s\""))
    (dialform-test-reaches nil)
    ;; An alias.
    (goto-char (point-min))
    (search-forward "\"promo")
    (delete-char -3)
    (let* ((capf (eglot-completion-at-point))
           (offered (all-completions "" (nth 2 capf))))
      (should (member "promo" offered))
      (completion-at-point))
    (should (equal (buffer-substring-no-properties (line-beginning-position) (line-end-position))
                   "    scenario \"promo\""))
    ;; The layout.
    (dialform-test-line "  name      \"Весна\"")
    (eglot-format-buffer)
    (should (save-excursion (goto-char (point-min)) (search-forward "\n    name \"Весна\"\n" nil t)))
    ;; A template, in both files.
    (goto-char (point-min))
    (search-forward "\"week")
    (cl-letf (((symbol-function 'y-or-n-p) (lambda (&rest _) t)))
      (eglot-rename "workday"))
    (should (save-excursion (goto-char (point-min)) (search-forward "template=\"workday\"" nil t)))
    (with-current-buffer (dialform-test-visit "dialform.kdl")
      (should (save-excursion (goto-char (point-min)) (search-forward "template \"workday\"" nil t)))
      (save-buffer))
    (save-buffer)
    (dialform-test-reaches nil)
    ;; What is not saved in another buffer counts.
    (with-current-buffer (dialform-test-visit "dialform.kdl")
      (goto-char (point-min))
      (search-forward "promo")
      (replace-match "other")
      (eglot--signal-textDocument/didChange))
    (dialform-test-reaches '(("\"promo\"" "no scenario is called `promo`")))
    ;; And no longer when that buffer is gone.
    (with-current-buffer (dialform-test-visit "dialform.kdl")
      (set-buffer-modified-p nil)
      (kill-buffer))
    (dialform-test-reaches nil)
    ;; No message was left unhandled, and the server ends when it is asked to.
    (let* ((server (eglot-current-server))
           (process (jsonrpc--process server)))
      (with-current-buffer (jsonrpc-events-buffer server)
        (goto-char (point-min))
        (let ((case-fold-search nil))
          (should (save-excursion (search-forward "textDocument/publishDiagnostics" nil t)))
          (let ((complaint (and (re-search-forward ") ERROR\\|:error (\\|window/logMessage" nil t)
                                (buffer-substring (line-beginning-position) (min (point-max) (+ (point) 400))))))
            (should-not complaint))))
      (should-not (get-buffer "*Warnings*"))
      (eglot-shutdown server)
      (should-not (process-live-p process)))
    (set-buffer-modified-p nil)
    (kill-buffer)))

;;; emacs-server.el ends here
